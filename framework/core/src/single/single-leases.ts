import { MemoryStore } from '@pomelo-ts/cluster';
import { FileNotes, LeaseService, lateRevisions } from '@pomelo-ts/cluster/leases';
import type { Clock, Logger } from '@pomelo-ts/common';

/** Settings of {@link SingleLeases}. */
export interface SingleLeasesOptions {
  /** The game's root, below which is kept what the next process must know; without it that is forgotten. */
  readonly root: string | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The leases of a cluster inside one process: all that hold any end with it. */
export class SingleLeases {
  readonly #store: MemoryStore;
  readonly #service: LeaseService;

  constructor({ root, clock, logger }: SingleLeasesOptions) {
    const revisions = root === undefined ? {} : { revisions: lateRevisions({ root, logger }) };
    this.#store = new MemoryStore({ clock, ...revisions });
    const notes = new FileNotes({ root, logger, alone: true });
    this.#service = new LeaseService({ store: this.#store, notes, clock, logger });
  }

  readonly serve = (id: string, bootId: string, command: string, args: unknown): Promise<unknown> => {
    if (this.#service.knows(command)) return this.#service.serve({ id, bootId }, command, args);
    throw new Error(`this master does not know the question ${command}`);
  };

  close(): Promise<void> {
    return this.#store.close();
  }
}
