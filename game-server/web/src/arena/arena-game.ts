import type { Client } from '@pomelo-ts/client';
import type {
  ArenaAnswer,
  GameContract,
  PlayersPush,
  RoundPush,
  TagPush,
  TickPush,
} from '../../../app/generated/client.js';
import { byId } from '../dom.js';
import type { PlayerRow } from '../player-list.js';
import type { Panels } from '../room.js';
import { type ArenaEvents, ArenaLink } from './arena-link.js';
import { ArenaState } from './arena-state.js';
import { colorOf } from './colors.js';
import { Controls } from './controls.js';
import { Painter } from './painter.js';
import { RoundBoard } from './round-board.js';

/** The arena on the page: drawn for every frame, steered by keys and fingers. */
export class ArenaGame implements ArenaEvents {
  state: ArenaState | undefined;
  /** Whether the player is connected. */
  connected = false;
  readonly #panels: Panels;
  /** Who is in the room. */
  readonly #inRoom: () => readonly PlayerRow[];
  readonly #painter: Painter;
  readonly #controls: Controls;
  readonly #board = new RoundBoard();
  #link: ArenaLink | undefined;
  #frame = 0;

  constructor(panels: Panels, inRoom: () => readonly PlayerRow[]) {
    this.#panels = panels;
    this.#inRoom = inRoom;
    const canvas = byId('arena', HTMLCanvasElement);
    this.#painter = new Painter(canvas);
    this.#controls = new Controls(canvas, byId('dash', HTMLElement), (steering) =>
      this.#link?.steer(steering),
    );
  }

  /** Enters the arena of the room that the client is in, for the first time or again. */
  async enter(client: Client<GameContract>): Promise<void> {
    this.#link ??= new ArenaLink(client, this);
    await this.#link.enter();
  }

  entered(arena: ArenaAnswer): void {
    this.state = new ArenaState(arena, performance.now());
    this.#board.showResults(arena.round, arena.you);
    this.#controls.repeat();
    if (this.#frame === 0) this.#draw();
  }

  players(push: PlayersPush): void {
    this.state?.onPlayers(push);
  }

  tick(push: TickPush): void {
    this.state?.onTick(push, performance.now());
  }

  tag(push: TagPush): void {
    const { state } = this;
    if (!state) return;
    state.onTag(push, performance.now());
    const nameOf = (slot: number): string =>
      slot === state.you ? 'you' : (state.names.get(slot) ?? 'somebody');
    this.#panels.chat.note(`${nameOf(push.by)} caught ${nameOf(push.who)}`);
  }

  round(push: RoundPush): void {
    if (!this.state) return;
    this.state.onRound(push, performance.now());
    this.#board.showResults(push, this.state.you);
  }

  close(): void {
    cancelAnimationFrame(this.#frame);
    this.#controls.close();
    this.#link?.close();
    this.state = undefined;
  }

  #draw(): void {
    this.#frame = requestAnimationFrame(() => this.#draw());
    const { state } = this;
    if (!state) return;
    const now = performance.now();
    this.#painter.draw(state, this.#controls.stick, now);
    this.#board.tick(state.round, state.endsAt, now);
    this.#board.showNotice(state.round, this.connected, state.hunter === state.you);
    this.#panels.list.show(this.#rows(state));
  }

  /** Players by score, then those who are in the room only. */
  #rows(state: ArenaState): PlayerRow[] {
    const inRoom = this.#inRoom();
    const { hunter, standings } = state;
    const names = new Set(standings.map(({ name }) => name));
    const ranked = standings.map(({ slot, name, score }) => ({
      name,
      you: slot === state.you,
      playing: { color: colorOf(slot), score, hunts: slot === hunter },
    }));
    return [...ranked, ...inRoom.filter(({ name }) => !names.has(name))];
  }
}
