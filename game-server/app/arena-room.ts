import type { Channel, ChannelMember, Session } from '@pomelo-ts/core';
import { Arena } from './arena-game/arena.js';
import { steer } from './arena-game/player.js';
import type { ArenaRules, Random } from './arena-game/rules.js';
import { TickEncoder } from './arena-game/tick-encoder.js';
import type { ArenaAnswer, PlayersPush, RoundPush, Slot, TagPush } from './contract.js';
import { nameOf } from './names.js';

/** An arena and those who play in it. */
export class ArenaRoom {
  readonly #arena: Arena;
  readonly #channel: Channel;
  readonly #encoder: TickEncoder;
  readonly #slots = new Map<string, Slot>();

  constructor(channel: Channel, rules: ArenaRules, random: Random) {
    this.#arena = new Arena(rules, random);
    this.#channel = channel;
    this.#encoder = new TickEncoder(this.#arena, Math.round(1000 / rules.tickMs));
    channel.onLeave((member) => this.#onLeave(member));
  }

  get isEmpty(): boolean {
    return this.#slots.size === 0;
  }

  /** What operators see of it. */
  get summary(): RoundPush & Required<PlayersPush> {
    return { ...this.#round(), ...this.#players() };
  }

  /** Lets a player in, or tells one who is in how things are; undefined when the arena is full. */
  enter(session: Session): ArenaAnswer | undefined {
    const uid = String(session.uid);
    let slot = this.#slots.get(uid);
    if (slot === undefined) {
      slot = this.#arena.join(nameOf(uid))?.slot;
      if (slot === undefined) return undefined;
      this.#slots.set(uid, slot);
      this.#channel.push('onArenaPlayers', this.#players());
    }
    this.#channel.add(session);
    return this.#answer(slot);
  }

  leave(session: Session): void {
    this.#channel.leave(session);
  }

  steer(uid: string, message: unknown): void {
    const player = this.#arena.players.get(this.#slots.get(uid) ?? 0);
    if (player) steer(player, message);
  }

  /** Lets `steps` ticks pass and tells everybody what they have changed. */
  advance(steps: number): void {
    for (let i = 0; i < steps; i++) {
      for (const event of this.#arena.step()) {
        if (event.kind === 'tag') {
          this.#channel.push('onArenaTag', { by: event.by, who: event.who } satisfies TagPush);
        } else {
          this.#channel.push('onArenaRound', this.#round());
          this.#encoder.refresh();
        }
      }
    }
    this.#channel.push('onArenaTick', this.#encoder.next());
  }

  #onLeave({ uid }: ChannelMember): void {
    const id = String(uid);
    const slot = this.#slots.get(id);
    // A player who came back by another connector is in already, and it is the old connection that ends.
    if (slot === undefined || this.#channel.has(id)) return;
    this.#slots.delete(id);
    this.#arena.leave(slot);
    this.#channel.push('onArenaPlayers', this.#players());
  }

  #players(): Required<PlayersPush> {
    return { players: [...this.#arena.players.values()].map(({ slot, name }) => ({ slot, name })) };
  }

  #round(): RoundPush {
    const { phase, round, leftMs, standings } = this.#arena;
    return { phase, round, leftMs, ...(phase === 'break' && { standings }) };
  }

  #answer(you: Slot): ArenaAnswer {
    const { width, height, radius, tickMs, dashRestMs, pillars } = this.#arena.rules;
    return {
      code: 200,
      you,
      width,
      height,
      radius,
      tickMs,
      dashRestMs,
      pillars,
      round: this.#round(),
      players: this.#players().players,
      tick: this.#encoder.full(),
    };
  }
}
