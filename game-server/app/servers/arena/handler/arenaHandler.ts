import type { Application, Session } from '@pomelo-ts/core';
import { type ArenaRooms, arenaRooms } from '../../../arena-rooms.js';
import { type ArenaAnswer, type Refusal, refusal, type Steering } from '../../../contract.js';

/** Lets players of a room fight each other. */
export default class ArenaHandler {
  readonly #rooms: ArenaRooms;

  constructor(app: Application) {
    this.#rooms = app.shared(arenaRooms);
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
