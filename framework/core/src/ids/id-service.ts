import type { Ids, MonotonicIds } from '../ids.js';
import type { RisingIds } from './rising-ids.js';
import type { WorkerIds } from './worker-ids.js';

/** What `app.ids` is. */
export class IdService implements Ids {
  readonly monotonic: MonotonicIds;
  readonly #workers: WorkerIds;

  constructor(workers: WorkerIds, rising: RisingIds) {
    this.#workers = workers;
    this.monotonic = {
      next: async () => String(await rising.next()),
      nextBigInt: () => rising.next(),
    };
  }

  async next(): Promise<string> {
    return String(await this.#workers.next());
  }

  nextBigInt(): Promise<bigint> {
    return this.#workers.next();
  }
}
