import { type Application, type ChannelService, defineShared } from '@pomelo-ts/core';
import { type ArenaRules, type Random, standardRules } from './arena-game/rules.js';
import { ArenaRoom } from './arena-room.js';

/** What {@link ArenaRooms} needs of the world. */
export interface ArenaRoomsOptions {
  readonly channels: () => Pick<ChannelService, 'create' | 'destroy'>;
  readonly rules: ArenaRules;
  readonly random: Random;
  /** Milliseconds that only rise. */
  readonly now: () => number;
  /** Calls `fn` once, later; gives what takes that back. */
  readonly after: (ms: number, fn: () => void) => () => void;
}

/** After a longer stop than this many ticks, the game goes on where it was instead of making up for it. */
const mostTicksAtOnce = 5;

/** All arenas of one server, by room. One timer moves them all, and there is none while nobody plays. */
export class ArenaRooms {
  readonly #options: ArenaRoomsOptions;
  readonly #rooms = new Map<string, ArenaRoom>();
  #cancel: (() => void) | undefined;
  /** When the next tick is due. */
  #due = 0;

  constructor(options: ArenaRoomsOptions) {
    this.#options = options;
  }

  get(name: string): ArenaRoom | undefined {
    return this.#rooms.get(name);
  }

  get names(): Iterable<string> {
    return this.#rooms.keys();
  }

  /** The room of this name, opened when nobody is in it yet. */
  open(name: string): ArenaRoom {
    const known = this.#rooms.get(name);
    if (known) return known;
    const { channels, rules, random, now } = this.#options;
    const room = new ArenaRoom(channels().create(name), rules, random);
    this.#rooms.set(name, room);
    if (!this.#cancel) {
      this.#due = now() + rules.tickMs;
      this.#wait();
    }
    return room;
  }

  close(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #wait(): void {
    const ms = Math.max(0, this.#due - this.#options.now());
    this.#cancel = this.#options.after(ms, () => this.#tick());
  }

  #tick(): void {
    const { rules, now } = this.#options;
    const steps = Math.floor((now() - this.#due) / rules.tickMs) + 1;
    this.#cancel = undefined;
    if (steps > 0) {
      this.#due += steps * rules.tickMs;
      this.#advance(Math.min(steps, mostTicksAtOnce));
    }
    if (this.#rooms.size > 0) this.#wait();
  }

  #advance(steps: number): void {
    for (const [name, room] of this.#rooms) {
      if (room.isEmpty) {
        this.#rooms.delete(name);
        this.#options.channels().destroy(name);
      } else room.advance(steps);
    }
  }
}

/** The arenas of one server: whoever asks gets the same, also after a reload of the handler in mid-round. */
export const arenaRooms = defineShared(
  'arena.rooms',
  (app) => {
    const rooms = new ArenaRooms({
      channels: () => app.channels,
      rules: rulesOf(app),
      random: Math.random,
      now: () => performance.now(),
      after: (ms, fn) => {
        const timer = setTimeout(fn, ms);
        return () => clearTimeout(timer);
      },
    });
    app.inspector('arena', { ids: () => rooms.names, inspect: (name) => rooms.get(name)?.summary });
    return rooms;
  },
  { dispose: (rooms) => rooms.close() },
);

/** The rules, with the times that this server's entry in `servers.json5` gives. */
function rulesOf({ server }: Application): ArenaRules {
  const { roundSeconds, breakSeconds } = server;
  return {
    ...standardRules,
    ...(typeof roundSeconds === 'number' && { roundMs: roundSeconds * 1000 }),
    ...(typeof breakSeconds === 'number' && { breakMs: breakSeconds * 1000 }),
  };
}
