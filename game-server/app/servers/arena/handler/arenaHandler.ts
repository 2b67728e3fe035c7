import type { Application, Session } from '@pomelo-ts/core';
import { type ArenaRules, standardRules } from '../../../arena-game/rules.js';
import { ArenaRooms } from '../../../arena-rooms.js';
import { type ArenaAnswer, type Refusal, refusal, type Steering } from '../../../contract.js';

/** Lets players of a room fight each other. */
export default class ArenaHandler {
  readonly #rooms: ArenaRooms;

  constructor(app: Application) {
    this.#rooms = new ArenaRooms({
      channels: () => app.channels,
      rules: rulesOf(app),
      random: Math.random,
      now: () => performance.now(),
      after: (ms, fn) => {
        const timer = setTimeout(fn, ms);
        return () => clearTimeout(timer);
      },
    });
    app.onStop(() => this.#rooms.close());
  }

  /**
   * Enters the arena of the room that the player is in; who is in it is told how things are.
   * @proto none
   */
  enter(_msg: unknown, session: Session): ArenaAnswer | Refusal {
    const rid = session.get<string>('rid');
    if (session.uid === undefined || rid === undefined) return refusal(403, 'enter a room first');
    return this.#rooms.open(rid).enter(session) ?? refusal(503, 'the arena is full');
  }

  /** A notify: where the player wants to go. */
  steer(msg: Steering, session: Session): void {
    this.#rooms.get(session.get<string>('rid') ?? '')?.steer(String(session.uid), msg);
  }

  /**
   * Leaves the arena, and stays in the room.
   * @proto none
   */
  leave(_msg: unknown, session: Session): { code: 200 } {
    this.#rooms.get(session.get<string>('rid') ?? '')?.leave(session);
    return { code: 200 };
  }
}

/** The rules, with the times that this server's entry in `servers.json5` gives. */
function rulesOf({ server }: Application): ArenaRules {
  const { roundSeconds, breakSeconds } = server;
  return {
    ...standardRules,
    ...(typeof roundSeconds === 'number' && { roundMs: roundSeconds * 1000 }),
    ...(typeof breakSeconds === 'number' && { breakMs: breakSeconds * 1000 }),
  };
}
