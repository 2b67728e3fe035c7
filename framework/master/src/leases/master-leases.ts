import { type CoordinationStore, MemoryStore } from '@pomelo-ts/cluster';
import {
  FileNotes,
  LeaseService,
  type LeaseServiceOptions,
  lateRevisions,
  StoreNotes,
} from '@pomelo-ts/cluster/leases';
import type { LinkHub } from '@pomelo-ts/cluster/masters';
import { type Clock, isPomeloError, type Logger, PomeloError, reasonOf } from '@pomelo-ts/common';

/** Where a master keeps leases when that is not its own memory. */
export interface LeaseStore {
  readonly store: CoordinationStore;
  readonly guard?: LeaseServiceOptions['guard'];
}

/** Settings of {@link MasterLeases}. */
export interface MasterLeasesOptions {
  readonly root: string;
  /** @default the memory of this process, with notes in files of the game's root */
  readonly kept?: LeaseStore | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The leases of one master. Files that cannot be read or written, on a full disk say, leave only them undone, until they can. */
export class MasterLeases {
  readonly #options: MasterLeasesOptions;
  #service: LeaseService | undefined;
  #ownStore: MemoryStore | undefined;
  #notes: FileNotes | undefined;

  constructor(options: MasterLeasesOptions) {
    this.#options = options;
  }

  /** Frees what servers of `hub` hold when their processes have ended. */
  follow(hub: LinkHub): void {
    hub.on('serverEnded', (life) => void this.#service?.ended(life));
  }

  /** Reads what a former master has noted: the time that its leases are waited for begins. */
  open(): void {
    try {
      this.#open();
    } catch (error) {
      this.#options.logger.error('Leases cannot be granted until the notes about former ones can be read.', {
        error,
      });
    }
  }

  /** Answers what a server asks. @throws as `LeaseService.serve` */
  serve(id: string, bootId: string, command: string, args: unknown): Promise<unknown> {
    const service = this.#ready(args);
    if (!service.knows(command)) throw new Error(`this master does not know the question ${command}`);
    return service.serve({ id, bootId }, command, args);
  }

  /** The first leases by name that are held, and how many there are. @throws LEASE_UNAVAILABLE when they cannot be read */
  async held(prefix: string, limit: number) {
    try {
      return await this.#ready({ name: `${prefix}*` }).held(prefix, limit);
    } catch (error) {
      if (isPomeloError(error)) throw error;
      throw new PomeloError('LEASE_UNAVAILABLE', { name: `${prefix}*`, reason: reasonOf(error) });
    }
  }

  /** Ends. `nobodyRuns` tells that no server is left that could hold a lease. */
  async close(nobodyRuns: boolean): Promise<void> {
    if (nobodyRuns) this.#forgetHolders();
    await this.#ownStore?.close();
  }

  #forgetHolders(): void {
    try {
      this.#notes?.nobodyHolds();
    } catch (error) {
      const { logger } = this.#options;
      logger.warn('The end of all leases could not be noted: the next master waits for them.', { error });
    }
  }

  #ready(args: unknown): LeaseService {
    if (this.#service) return this.#service;
    try {
      return this.#open();
    } catch (error) {
      const { name = 'any' } = args as { name?: string };
      const reason = `the notes about former ones cannot be read: ${reasonOf(error)}`;
      throw new PomeloError('LEASE_UNAVAILABLE', { name, reason });
    }
  }

  #open(): LeaseService {
    const { root, kept, clock, logger } = this.#options;
    const store = kept?.store ?? this.#memory();
    if (store.kind === 'memory') this.#notes = new FileNotes({ root, logger });
    const notes = this.#notes ?? new StoreNotes(store);
    const guard = kept?.guard;
    this.#service = new LeaseService({ store, notes, clock, logger, ...(guard && { guard }) });
    return this.#service;
  }

  #memory(): MemoryStore {
    const { root, clock, logger } = this.#options;
    this.#ownStore ??= new MemoryStore({ clock, revisions: lateRevisions({ root, logger }) });
    return this.#ownStore;
  }
}
