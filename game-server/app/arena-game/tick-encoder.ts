import { marks, type Slot, type TickPush } from '../contract.js';
import type { Arena } from './arena.js';
import type { Player } from './player.js';

/** Numbers for each player in `moved`. */
export const movedStride = 4;

/** Says what has changed in an arena since it was last asked: places in whole units, and only of who moved. */
export class TickEncoder {
  readonly #arena: Arena;
  readonly #fullEvery: number;
  /** What was told last, by slot. */
  readonly #told = new Map<Slot, readonly number[]>();
  #sinceFull = 0;

  /** Every `fullEvery`-th answer names everybody, and the scores. */
  constructor(arena: Arena, fullEvery: number) {
    this.#arena = arena;
    this.#fullEvery = fullEvery;
    this.#sinceFull = fullEvery;
  }

  /** Makes the next answer name everybody. */
  refresh(): void {
    this.#sinceFull = this.#fullEvery;
  }

  /** What all players are told now. */
  next(): TickPush {
    const { tick, players } = this.#arena;
    const full = ++this.#sinceFull >= this.#fullEvery;
    if (full) this.#sinceFull = 0;
    for (const slot of this.#told.keys()) if (!players.has(slot)) this.#told.delete(slot);
    const moved: number[] = [];
    for (const player of players.values()) {
      const now = this.#row(player);
      const before = this.#told.get(player.slot);
      if (!full && before?.every((value, index) => value === now[index])) continue;
      this.#told.set(player.slot, now);
      moved.push(...now);
    }
    return full ? { tick, moved, scores: this.#scores() } : { tick, moved };
  }

  /** All there is to tell, for one who has just come. */
  full(): Required<TickPush> {
    const { tick, players } = this.#arena;
    return {
      tick,
      moved: [...players.values()].flatMap((player) => this.#row(player)),
      scores: this.#scores(),
    };
  }

  #scores(): number[] {
    return [...this.#arena.players.values()].flatMap(({ slot, score }) => [slot, score]);
  }

  #row(player: Player): number[] {
    return [player.slot, Math.round(player.x), Math.round(player.y), this.#marksOf(player)];
  }

  #marksOf(player: Player): number {
    return (
      (player.slot === this.#arena.hunter ? marks.hunter : 0) |
      (player.stunnedMs > 0 ? marks.stunned : 0) |
      (player.shieldedMs > 0 ? marks.shielded : 0) |
      (player.dashLeftMs > 0 ? marks.dashing : 0)
    );
  }
}
