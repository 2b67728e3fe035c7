import type { Logger } from '@pomelo-ts/common';
import { briefError } from '@pomelo-ts/common/internal';
import type { Uid } from '../session-names.js';
import type { HeldAnswer } from './held-lookups.js';
import type { ClaimResult, PlaceSum, TellMessage } from './places.js';
import type { FindAnswer } from './uid-lookups.js';

/** Calls between servers, as the directory needs them; a server may call itself. */
export interface DirectoryCalls {
  /** This server's id. */
  readonly id: string;
  request(
    serverId: string,
    method: string,
    args: readonly unknown[],
    options?: { timeoutMs: number },
  ): Promise<unknown>;
}

/** How long another server has for an answer, in ms. */
const answerMs = 2000;
/** As {@link answerMs}, of who is asked what it holds of a uid: somebody waits for its home at that time, which is the longer wait. */
const heldMs = 800;

/** What servers ask each other of uids. All reject when the other one does not answer in time, but those that say otherwise. */
export class DirectoryRequests {
  readonly #calls: DirectoryCalls;
  readonly #logger: Logger;

  constructor(calls: DirectoryCalls, logger: Logger) {
    this.#calls = calls;
    this.#logger = logger;
  }

  /** This server's id. */
  get self(): string {
    return this.#calls.id;
  }

  tell(homeId: string, { bootId, reset, items }: TellMessage): Promise<readonly ClaimResult[] | 'unknown'> {
    return this.#ask(homeId, 'tell', [this.self, bootId, reset, items]);
  }

  agrees(homeId: string, bootId: string, { count, mark }: PlaceSum): Promise<boolean> {
    return this.#ask(homeId, 'check', [this.self, bootId, count, mark]);
  }

  find(homeId: string, uids: readonly Uid[]): Promise<FindAnswer> {
    return this.#ask(homeId, 'find', [uids]);
  }

  watch(homeId: string, uids: readonly Uid[]): Promise<FindAnswer> {
    return this.#ask(homeId, 'watch', [this.self, uids]);
  }

  count(homeId: string): Promise<number> {
    return this.#ask(homeId, 'count', []);
  }

  /** Undefined when it does not answer. */
  held(frontendId: string, uids: readonly Uid[]): Promise<HeldAnswer | undefined> {
    return this.#try(frontendId, 'held', [uids], heldMs);
  }

  /** One that is not told still says that it holds the session when sums are compared, and is told again. */
  lost(frontendId: string, uid: Uid, sessionId: string): void {
    void this.#try(frontendId, 'lost', [uid, sessionId]);
  }

  /** One that is not told sees it when it says the next time that it watches. */
  changed(serverId: string, uids: readonly Uid[], places: FindAnswer): void {
    void this.#try(serverId, 'changed', [uids, places]);
  }

  async #ask<Answer>(
    serverId: string,
    what: string,
    args: readonly unknown[],
    timeoutMs = answerMs,
  ): Promise<Answer> {
    return (await this.#calls.request(serverId, `sys.directory.${what}`, args, { timeoutMs })) as Answer;
  }

  async #try<Answer>(
    serverId: string,
    what: string,
    args: readonly unknown[],
    timeoutMs = answerMs,
  ): Promise<Answer | undefined> {
    try {
      return await this.#ask<Answer>(serverId, what, args, timeoutMs);
    } catch (error) {
      this.#logger.debug(`${serverId} did not answer ${what} of the directory`, { error: briefError(error) });
      return undefined;
    }
  }
}
