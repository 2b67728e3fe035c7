import type { MasterLink } from '@pomelo-ts/cluster';
import {
  type LeaseGrant,
  type LeaseQuestions,
  leaseTimes,
  problemOfLeaseName,
} from '@pomelo-ts/cluster/internal';
import { type Clock, isPomeloError, type Logger, PomeloError, reasonOf } from '@pomelo-ts/common';
import { shown } from '@pomelo-ts/common/internal';
import type { LeaseOptions } from '../lease.js';
import { askMs, HeldLease } from './held-lease.js';

/** What {@link Leases} work with. */
export interface LeasesOptions {
  readonly serverId: string;
  readonly master: Pick<MasterLink, 'ask'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called for each lease that was held and is lost. */
  readonly onLost?: () => unknown;
  /** A number from 0 up to 1, so that not all who wait ask at once. @default Math.random */
  readonly random?: () => number;
}

/** How often a lease that is wanted is asked for, in ms: half of it to the whole. */
const lookMs = 1000;

/** The leases that one server holds or wants. */
export class Leases {
  readonly #options: LeasesOptions;
  readonly #held = new Set<HeldLease>();
  /** Names that this server holds or asks for: a second call for one is as one from another server. */
  readonly #own = new Set<string>();
  readonly #closed = new AbortController();

  constructor(options: LeasesOptions) {
    this.#options = options;
  }

  /**
   * Takes a lease.
   *
   * @throws LEASE_TAKEN, LEASE_UNAVAILABLE, LEASE_NAME_INVALID; RangeError for a time out of bounds
   */
  async take(name: string, options: LeaseOptions = {}): Promise<HeldLease> {
    const { serverId } = this.#options;
    const reason = problemOfLeaseName(name);
    if (reason) throw new PomeloError('LEASE_NAME_INVALID', { name: shown(name), reason });
    const ttlMs = checkedTime(options.ttlMs);
    return this.#untilHad(options, async () => {
      if (this.#own.has(name)) throw new PomeloError('LEASE_TAKEN', { name, holder: serverId });
      this.#own.add(name);
      try {
        return await this.#ask(name, 'lease.take', { name, ttlMs });
      } catch (error) {
        this.#own.delete(name);
        throw error;
      }
    });
  }

  /** Takes one of the leases `prefix` + 0 … `count` - 1: that with the lowest mark of those that are free. @throws LEASE_UNAVAILABLE */
  async takeOne(prefix: string, count: number): Promise<HeldLease> {
    const lease = await this.#ask(`${prefix}*`, 'lease.takeOne', { prefix, count, ttlMs: leaseTimes.usual });
    this.#own.add(lease.name);
    return lease;
  }

  /** Gives all back, and takes no more. */
  async close(): Promise<void> {
    const why = 'this server is stopping';
    this.#closed.abort(new PomeloError('LEASE_UNAVAILABLE', { name: 'any', reason: why }));
    await Promise.all([...this.#held].map((lease) => lease.release()));
  }

  async #untilHad(options: LeaseOptions, take: () => Promise<HeldLease>): Promise<HeldLease> {
    const { clock, random = Math.random } = this.#options;
    const { wait = false, signal } = options;
    const until = clock.now() + (typeof wait === 'number' ? wait : wait ? Number.POSITIVE_INFINITY : 0);
    const ends = signal ? AbortSignal.any([signal, this.#closed.signal]) : this.#closed.signal;
    for (;;) {
      ends.throwIfAborted();
      try {
        return await take();
      } catch (error) {
        const again = isPomeloError(error) && error.retryable && clock.now() < until;
        if (!again) throw error;
      }
      await pause(Math.min(lookMs * (0.5 + random() / 2), until - clock.now()), clock, ends);
    }
  }

  async #ask<Command extends 'lease.take' | 'lease.takeOne'>(
    name: string,
    command: Command,
    question: LeaseQuestions[Command],
  ): Promise<HeldLease> {
    const { master, clock, logger, onLost = () => {} } = this.#options;
    const askedAt = clock.now();
    let grant: LeaseGrant;
    try {
      grant = (await master.ask(command, question, Math.min(askMs, question.ttlMs))) as LeaseGrant;
    } catch (error) {
      if (isPomeloError(error) && error.code.startsWith('LEASE_')) throw error;
      throw new PomeloError('LEASE_UNAVAILABLE', { name, reason: reasonOf(error) });
    }
    const lease = new HeldLease(grant, askedAt, {
      ask: (...args) => master.ask(...args),
      clock,
      logger,
      onLost,
      onEnd: (ended) => {
        this.#held.delete(ended);
        this.#own.delete(ended.name);
      },
    });
    this.#held.add(lease);
    if (this.#closed.signal.aborted) {
      await lease.release();
      throw this.#closed.signal.reason;
    }
    if (lease.held) return lease;
    await lease.release();
    throw new PomeloError('LEASE_UNAVAILABLE', { name, reason: 'the answer of the master came too late' });
  }
}

function checkedTime(ttlMs: number = leaseTimes.usual): number {
  const { least, most } = leaseTimes;
  if (ttlMs >= least && ttlMs <= most) return ttlMs;
  throw new RangeError(`expected ttlMs from ${least} to ${most}, got ${ttlMs}`);
}

/** Waits `ms`, or until `signal` aborts. */
function pause(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      cancel();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const cancel = clock.after(ms, end);
    signal.addEventListener('abort', end, { once: true });
  });
}
