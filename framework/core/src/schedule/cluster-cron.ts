import { leaseOfCron } from '@pomelo-ts/cluster/internal';
import { type Clock, isPomeloError, type Logger, reasonOf } from '@pomelo-ts/common';
import type { HeldLease } from '../lease/held-lease.js';
import type { Leases } from '../lease/leases.js';
import type { Lease } from '../lease.js';
import type { CoreMeasures } from '../measures.js';

/** What a method gets that runs once in the cluster: the lease that lets it. */
export type CronRun = Pick<Lease, 'token' | 'signal' | 'ensureHeld'>;

/** What a {@link ClusterCron} works with. */
export interface ClusterCronOptions {
  readonly id: string;
  /** Runs it now. */
  run(run: CronRun): Promise<boolean>;
  /** It was due at this time when nobody had the lease: it is now. */
  catchUp(at: number): void;
  /** Whether it works now. */
  running(): boolean;
  /** A run that was due no longer ago than this is made up for by the server that takes over, in ms; see `lateMs` of `crons.json5`. */
  readonly lateMs: number;
  readonly leases: Pick<Leases, 'take'>;
  readonly clock: Clock;
  readonly counters: CoreMeasures;
  readonly logger: Logger;
  /** Milliseconds since 1970. */
  wallTime(): number;
}

/** How often the lease is asked for, in ms. */
const lookMs = 1000;
/** A run that was written down for a time so far ahead, in ms, was one of a clock that was wrong: it does not count. */
const skewMs = 60_000;

/**
 * A cron that one server of its type runs: whoever holds the lease `cron/<id>`. The others stand by. Before each run the
 * time that it was due is written down with the lease, so that no other server runs it for the same time, and so that it runs only
 * where the master has just confirmed the lease.
 */
export class ClusterCron {
  readonly #options: ClusterCronOptions;
  #lease: HeldLease | undefined;
  /** The newest time that it has run for, here or elsewhere. */
  #done = 0;
  /** A time that it was due at when this server had no lease. */
  #missed = 0;
  /** Why there is no lease, when nobody else is known to have it. */
  #obstacle: string | undefined = 'it was not asked for yet';
  #cancelLook: () => void = () => {};
  #stopped = false;

  constructor(options: ClusterCronOptions) {
    this.#options = options;
    void this.#look();
  }

  /** Whether this server is the one that runs it. */
  get holdsLease(): boolean {
    return this.#lease?.held === true;
  }

  /** It is due for the time `at`, in ms since 1970. Gives whether it ran here and did not fail. */
  async due(at: number): Promise<boolean> {
    const lease = this.#lease;
    if (!lease?.held) return this.#notHere(at);
    if (at <= this.#done && this.#done - at <= skewMs) return this.#elsewhere();
    try {
      await lease.raise(at);
    } catch (error) {
      this.#missed = at;
      return this.#leftOut(reasonOf(error));
    }
    this.#done = at;
    return this.#options.run(lease);
  }

  /** Asks for the lease no more, and gives it back once nothing runs. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelLook();
    await this.ranOut();
  }

  /** A run has ended. */
  async ranOut(): Promise<void> {
    if (this.#stopped && !this.#options.running()) await this.#lease?.release();
  }

  #notHere(at: number): boolean {
    this.#missed = at;
    return this.#obstacle === undefined ? this.#elsewhere() : this.#leftOut(this.#obstacle);
  }

  #elsewhere(): boolean {
    this.#options.counters.cronElsewhere.add();
    return false;
  }

  #leftOut(reason: string): boolean {
    const { id, counters, logger } = this.#options;
    counters.cronUnleased.add();
    logger.warn(`cron ${id} is left out: its lease cannot be had, so another server might run it`, {
      reason,
    });
    return false;
  }

  async #look(): Promise<void> {
    const { id, leases, clock } = this.#options;
    try {
      if (!this.#lease) this.#got(await leases.take(leaseOfCron(id)));
    } catch (error) {
      this.#obstacle = isPomeloError(error, 'LEASE_TAKEN') ? undefined : reasonOf(error);
    }
    if (!this.#stopped) this.#cancelLook = clock.after(lookMs, () => void this.#look());
  }

  #got(lease: HeldLease): void {
    const { wallTime, lateMs } = this.#options;
    this.#lease = lease;
    this.#done = lease.markBefore;
    this.#obstacle = 'it was lost';
    lease.signal.addEventListener('abort', () => {
      this.#lease = undefined;
    });
    if (this.#stopped) void lease.release();
    else if (this.#missed > this.#done && wallTime() - this.#missed <= lateMs)
      this.#options.catchUp(this.#missed);
  }
}
