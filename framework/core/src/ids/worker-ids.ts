import { type Clock, delay, PomeloError, reasonOf } from '@pomelo-ts/common';
import type { HeldLease } from '../lease/held-lease.js';
import type { Leases } from '../lease/leases.js';
import { workerCount } from './id-layout.js';
import { SnowflakeSequence } from './snowflake-sequence.js';

/** What {@link WorkerIds} work with. */
export interface WorkerIdsOptions {
  readonly serverId: string;
  readonly leases: Pick<Leases, 'takeOne'>;
  readonly clock: Clock;
  /** Milliseconds since 1970. */
  wallTime(): number;
  /** Numbers that there are. @default 1023, as many as fit beside that of rising ids */
  readonly workers?: number;
}

/** Longest step back of the clock that is waited for, in ms. */
export const longestBackMs = 2000;
/** How far ahead a worker writes down that it may make ids, in ms. */
export const reserveMs = 30_000;
const prefix = 'ids/workers/';

interface Worker {
  readonly lease: HeldLease;
  readonly sequence: SnowflakeSequence;
  /** Ids are made for times up to this one. */
  upTo: number;
}

/**
 * Ids of 64 bits that no other server makes: each server has leased a worker number.
 *
 * No id is made twice, whatever clocks do. A worker makes ids only for times up to a mark, and raises the mark before it goes on:
 * the master writes it down only while that worker's lease is held, with that very token. Whoever has the same number
 * later is told the mark, and makes ids only for times after it. So the times of all lives of a number are intervals that do not
 * overlap, though their hosts' clocks may differ, a clock may be set back while nobody has the number, and a process may be
 * paused between its look at the lease and its id: that id's time is still one of its own. Of the numbers that are free the one
 * with the lowest mark is given, so that its mark is long past. Within a life times only rise: when the clock steps back a
 * little the next id waits for it, when it does so by more it is refused.
 */
export class WorkerIds {
  readonly #options: WorkerIdsOptions;
  #worker: Worker | undefined;
  #reserving: Promise<void> | undefined;
  #queue: Promise<unknown> | undefined;

  constructor(options: WorkerIdsOptions) {
    this.#options = options;
  }

  /** @throws IDS_CLOCK_BACK, IDS_UNAVAILABLE */
  async next(): Promise<bigint> {
    const now = this.#options.wallTime();
    if (!this.#queue && this.#worker?.lease.held && now <= this.#worker.upTo) {
      const id = this.#worker.sequence.take(now);
      if (typeof id === 'bigint') {
        this.#reserveEarly(this.#worker, now);
        return id;
      }
    }
    return this.#inTurn();
  }

  /** One waits at a time, and those who come later after it. */
  #inTurn(): Promise<bigint> {
    const before = this.#queue ?? Promise.resolve();
    const make = (): Promise<bigint> => this.#make();
    const turn = before.then(make, make);
    this.#queue = turn;
    const done = (): void => {
      if (this.#queue === turn) this.#queue = undefined;
    };
    turn.then(done, done);
    return turn;
  }

  async #make(): Promise<bigint> {
    const { clock, serverId, wallTime } = this.#options;
    for (;;) {
      const worker = await this.#present();
      const now = wallTime();
      if (now > worker.upTo) {
        await this.#reserve(worker, now).catch((error: unknown) => {
          if (worker.lease.held) throw error; // else another number is taken
        });
        continue;
      }
      if (!worker.lease.held) continue;
      const id = worker.sequence.take(now);
      if (typeof id === 'bigint') return id;
      const { waitMs } = id;
      if (waitMs > longestBackMs)
        throw new PomeloError('IDS_CLOCK_BACK', { serverId, ms: Math.ceil(waitMs), most: longestBackMs });
      await delay(waitMs, clock);
    }
  }

  /** This server's worker, taken now when there is none or it is lost. */
  async #present(): Promise<Worker> {
    if (this.#worker?.lease.held) return this.#worker;
    const { leases, workers = workerCount } = this.#options;
    try {
      const lease = await leases.takeOne(prefix, workers);
      const number = Number(lease.name.slice(prefix.length));
      const after = lease.markBefore;
      this.#worker = { lease, sequence: new SnowflakeSequence(number, after), upTo: after };
      return this.#worker;
    } catch (error) {
      throw this.#unavailable(error);
    }
  }

  #reserveEarly(worker: Worker, now: number): void {
    if (worker.upTo - now > reserveMs / 2 || this.#reserving !== undefined) return;
    this.#reserve(worker, now).catch(() => {}); // whoever needs it tries again, and is told
  }

  /** Writes down that ids may be made up to a while from now. */
  #reserve(worker: Worker, now: number): Promise<void> {
    this.#reserving ??= this.#raise(worker, Math.ceil(now) + reserveMs).finally(() => {
      this.#reserving = undefined;
    });
    return this.#reserving;
  }

  async #raise(worker: Worker, upTo: number): Promise<void> {
    try {
      await worker.lease.raise(upTo);
      worker.upTo = upTo;
    } catch (error) {
      throw this.#unavailable(error);
    }
  }

  #unavailable(error: unknown): PomeloError {
    const { serverId } = this.#options;
    return new PomeloError('IDS_UNAVAILABLE', { serverId, reason: reasonOf(error) }, { cause: error });
  }
}
