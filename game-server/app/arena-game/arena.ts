import type { Phase, Slot, Standing } from '../contract.js';
import { move } from './movement.js';
import { distance, freePlace } from './place.js';
import { createPlayer, type Player, restart } from './player.js';
import type { ArenaRules, Random } from './rules.js';

/** What happened in a tick that everybody should hear of. */
export type ArenaEvent =
  | { readonly kind: 'tag'; readonly by: Slot; readonly who: Slot }
  /** The phase is another one. */
  | { readonly kind: 'round' };

/**
 * One arena: rounds of tag. One player hunts; who is caught hunts next and has to stand still for a moment. Catching gives
 * points, and so does every second of not being the hunter. Time passes only by {@link step}.
 */
export class Arena {
  readonly rules: ArenaRules;
  readonly #random: Random;
  readonly #players = new Map<Slot, Player>();
  #phase: Phase = 'waiting';
  #round = 0;
  #leftMs = 0;
  #hunter: Slot = 0;
  #tick = 0;
  #sinceSurvivalMs = 0;

  constructor(rules: ArenaRules, random: Random) {
    this.rules = rules;
    this.#random = random;
  }

  get tick(): number {
    return this.#tick;
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** Number of the current or last round; 0 before the first. */
  get round(): number {
    return this.#round;
  }

  /** How long the phase still takes; 0 while waiting. */
  get leftMs(): number {
    return this.#leftMs;
  }

  /** Slot of who hunts; 0 when nobody does. */
  get hunter(): Slot {
    return this.#hunter;
  }

  get players(): ReadonlyMap<Slot, Player> {
    return this.#players;
  }

  /** Everybody, best first. */
  get standings(): Standing[] {
    return [...this.#players.values()]
      .map(({ slot, name, score }) => ({ name, score, slot }))
      .sort((a, b) => b.score - a.score || a.slot - b.slot);
  }

  /** Lets a player in; undefined when the arena is full. The lowest free slot is taken. */
  join(name: string): Player | undefined {
    if (this.#players.size >= this.rules.maxPlayers) return undefined;
    let slot = 1;
    while (this.#players.has(slot)) slot++;
    const player = createPlayer(slot, name, freePlace(this.rules, this.#players.values(), this.#random));
    this.#players.set(slot, player);
    return player;
  }

  /** Takes a player out. A hunter who leaves makes another one the hunter. */
  leave(slot: Slot): void {
    if (!this.#players.delete(slot) || slot !== this.#hunter) return;
    this.#hunter = this.#phase === 'play' ? this.#anybody() : 0;
  }

  /** One tick further. */
  step(): ArenaEvent[] {
    const { tickMs } = this.rules;
    const events: ArenaEvent[] = [];
    this.#tick++;
    for (const player of this.#players.values()) move(player, player.slot === this.#hunter, this.rules);
    if (this.#phase === 'play') {
      this.#catch(events);
      this.#survive(tickMs);
    }
    if (this.#nextPhase(tickMs)) events.push({ kind: 'round' });
    return events;
  }

  #catch(events: ArenaEvent[]): void {
    const hunter = this.#players.get(this.#hunter);
    if (!hunter || hunter.stunnedMs > 0) return;
    const reach = 2 * this.rules.radius;
    let caught: Player | undefined;
    let nearest = reach;
    for (const player of this.#players.values()) {
      if (player === hunter || player.shieldedMs > 0) continue;
      const apart = distance(player, hunter);
      if (apart < nearest) {
        caught = player;
        nearest = apart;
      }
    }
    if (!caught) return;
    hunter.score += this.rules.tagPoints;
    hunter.shieldedMs = this.rules.shieldMs;
    caught.stunnedMs = this.rules.stunMs;
    caught.dashLeftMs = 0;
    this.#hunter = caught.slot;
    events.push({ kind: 'tag', by: hunter.slot, who: caught.slot });
  }

  #survive(ms: number): void {
    this.#sinceSurvivalMs += ms;
    if (this.#sinceSurvivalMs < 1000) return;
    this.#sinceSurvivalMs -= 1000;
    for (const player of this.#players.values()) {
      if (player.slot !== this.#hunter) player.score += this.rules.survivalPoints;
    }
  }

  /** Lets the phase go on; true when it is another one. */
  #nextPhase(ms: number): boolean {
    const enough = this.#players.size >= 2;
    if (this.#phase === 'waiting') {
      if (!enough) return false;
      this.#begin();
      return true;
    }
    this.#leftMs = Math.max(0, this.#leftMs - ms);
    if (this.#phase === 'play') {
      if (enough && this.#leftMs > 0) return false;
      this.#enter(enough ? 'break' : 'waiting', enough ? this.rules.breakMs : 0);
      return true;
    }
    if (this.#leftMs > 0) return false;
    if (enough) this.#begin();
    else this.#enter('waiting', 0);
    return true;
  }

  #begin(): void {
    this.#round++;
    this.#sinceSurvivalMs = 0;
    const placed: Player[] = [];
    for (const player of this.#players.values()) {
      restart(player, freePlace(this.rules, placed, this.#random));
      placed.push(player);
    }
    this.#enter('play', this.rules.roundMs);
    this.#hunter = this.#anybody();
  }

  #enter(phase: Phase, leftMs: number): void {
    this.#phase = phase;
    this.#leftMs = leftMs;
    this.#hunter = 0;
  }

  #anybody(): Slot {
    const slots = [...this.#players.keys()];
    return slots[Math.floor(this.#random() * slots.length)] ?? 0;
  }
}
