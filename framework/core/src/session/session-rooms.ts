import { type Logger, PomeloError } from '@pomelo-ts/common';
import { briefError } from '@pomelo-ts/common/internal';
import type { CoreMeasures } from '../measures.js';
import { type FrontendLife, sessionRoom } from './frontend-life.js';

/** Refuses what frontends tell beyond their room. */
export class SessionRooms {
  readonly #serverId: string;
  readonly #counters: CoreMeasures;
  readonly #logger: Logger;

  constructor(options: { serverId: string; counters: CoreMeasures; logger: Logger }) {
    this.#serverId = options.serverId;
    this.#counters = options.counters;
    this.#logger = options.logger;
  }

  /**
   * @param life who tells
   * @param room where it counts
   * @throws SESSIONS_FULL when there are no `more` bytes
   */
  check(life: FrontendLife, room: FrontendLife, more: number): void {
    if (room.bytes + more > sessionRoom.bytes) throw this.#full(life);
  }

  /** Told once in the life of a frontend, and counted each time. */
  #full(life: FrontendLife): PomeloError {
    const { frontendId, sessions } = life;
    const facts = { serverId: this.#serverId, frontendId, count: sessions.size, limit: sessionRoom.bytes };
    const error = new PomeloError('SESSIONS_FULL', facts);
    this.#counters.sessionRefused.add();
    if (!life.full)
      this.#logger.error('a frontend tells of more sessions than any can have', { error: briefError(error) });
    life.full = true;
    return error;
  }
}
