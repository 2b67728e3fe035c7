import type { Logger } from '@pomelo-ts/common';
import type { CoreMeasures } from '../measures.js';
import { isUid, longestSessionId } from '../session-names.js';

/** The latest time that a `Date` can be: times after it lose what tells them apart. */
const latestTime = 8.64e15;

/** Whether a server may have told this of a session; what comes from another server can be anything. */
export function isSessionOfUid(uid: unknown, sessionId: unknown, boundAt: unknown): boolean {
  return (
    isUid(uid) &&
    typeof sessionId === 'string' &&
    sessionId.length <= longestSessionId &&
    typeof boundAt === 'number' &&
    boundAt >= 0 &&
    boundAt <= latestTime
  );
}

/** Counts what servers tell a home of uids that no true server does, and tells it once of each, until that has left the cluster. */
export class RefusedItems {
  readonly #counters: CoreMeasures;
  readonly #logger: Logger;
  readonly #told = new Set<string>();

  constructor(counters: CoreMeasures, logger: Logger) {
    this.#counters = counters;
    this.#logger = logger;
  }

  add(serverId: string, reason: string): void {
    this.#counters.directoryRefused.add();
    if (this.#told.has(serverId)) return;
    this.#told.add(serverId);
    this.#logger.error(`what ${serverId} says of uids is not believed: ${reason}`);
  }

  /** The server has left the cluster. */
  removed(serverId: string): void {
    this.#told.delete(serverId);
  }
}
