import { largestMessageId } from '@pomelo-ts/protocol';
import type { ClientClock } from './clock.js';
import { ClientError } from './errors.js';

interface Waiting {
  readonly route: string;
  readonly resolve: (body: unknown) => void;
  readonly reject: (error: ClientError) => void;
  readonly stopTimer: () => void;
}

/** Requests that wait for their answers. */
export class PendingRequests {
  readonly #waiting = new Map<number, Waiting>();
  readonly #clock: ClientClock;
  readonly #limit: number;
  #lastId: number;

  /** `lastId` is the id before the first. */
  constructor(clock: ClientClock, limit: number, lastId = 0) {
    this.#clock = clock;
    this.#limit = limit;
    this.#lastId = lastId;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /**
   * An id that no outstanding request has: 1, 2 … 2^31-1, then from 1 again.
   * @throws ClientError `TOO_MANY_PENDING`
   */
  nextId(): number {
    if (this.#waiting.size >= this.#limit) throw new ClientError('TOO_MANY_PENDING', { limit: this.#limit });
    do {
      this.#lastId = this.#lastId >= largestMessageId ? 1 : this.#lastId + 1;
    } while (this.#waiting.has(this.#lastId));
    return this.#lastId;
  }

  wait(id: number, route: string, timeoutMs: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const stopTimer = this.#clock.after(timeoutMs, () => {
        this.#waiting.delete(id);
        reject(new ClientError('TIMEOUT', { route, ms: timeoutMs }));
      });
      this.#waiting.set(id, { route, resolve, reject, stopTimer });
    });
  }

  /** The request that an answer belongs to; undefined when it timed out before. */
  take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return undefined;
    this.#waiting.delete(id);
    waiting.stopTimer();
    return waiting;
  }

  failAll(error: ClientError): void {
    const all = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const waiting of all) {
      waiting.stopTimer();
      waiting.reject(error);
    }
  }
}
