import { type Clock, delay, type Logger, PomeloError } from '@pomelo-ts/common';
import type { HeldLease } from '../lease/held-lease.js';
import type { Leases } from '../lease/leases.js';
import { idAt, idsPerMs, risingWorker } from './id-layout.js';

/** What a {@link RisingGenerator} works with. */
export interface RisingGeneratorOptions {
  readonly serverId: string;
  readonly leases: Pick<Leases, 'take'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Milliseconds since 1970. */
  wallTime(): number;
}

/** The lease of the one generator that is active. */
export const generatorLease = 'ids/monotonic';
/** How far ahead it writes down that it may make ids, in ms. */
const reserveMs = 5000;
/** Wait before it stands for the office again, in ms. */
const againMs = 1000;

interface Office {
  readonly lease: HeldLease;
  /** The ms of the last id, since 1970, which may be ahead of the clock. */
  ms: number;
  /** The next number within it. */
  next: number;
  /** Ids are made for times up to this one. */
  upTo: number;
}

/**
 * Makes ids that rise across the whole cluster, on the one server that holds the lease; on others of its type it stands by.
 *
 * An id is the one after the last, or the first of the present ms when that is higher: so a clock that is set back changes
 * nothing. It never goes beyond a mark that was written down before; whoever takes over begins after that mark, and therefore above
 * every id that was made.
 */
export class RisingGenerator {
  readonly #options: RisingGeneratorOptions;
  readonly #closed = new AbortController();
  #office: Office | undefined;
  #reserving: Promise<void> | undefined;

  constructor(options: RisingGeneratorOptions) {
    this.#options = options;
  }

  /** Whether this is the active one. */
  get active(): boolean {
    return this.#office?.lease.held ?? false;
  }

  /** Stands for the office until {@link close}, again whenever it is lost. */
  async run(): Promise<void> {
    const { leases, clock, logger } = this.#options;
    const { signal } = this.#closed;
    while (!signal.aborted) {
      try {
        const lease = await leases.take(generatorLease, { wait: true, signal });
        const { markBefore } = lease;
        this.#office = { lease, ms: markBefore, next: idsPerMs, upTo: markBefore };
        await ended(lease.signal, signal);
      } catch (error) {
        if (signal.aborted) return;
        logger.warn('The office of making rising ids could not be stood for.', { error });
        await delay(againMs, clock);
      }
    }
  }

  /** Leaves the office to another. */
  async close(): Promise<void> {
    this.#closed.abort();
    await this.#office?.lease.release();
  }

  /**
   * The first of `count` ids that follow each other, at most 4096.
   *
   * @throws RangeError for more; IDS_UNAVAILABLE when this is not the active generator, or its reserve cannot be written down
   */
  async take(count: number): Promise<bigint> {
    if (!(count >= 1 && count <= idsPerMs))
      throw new RangeError(`expected 1 to ${idsPerMs} ids, got ${count}`);
    for (;;) {
      const office = this.#office;
      if (!office?.lease.held) throw this.#unavailable('it is not the active generator');
      const fits = office.next + count <= idsPerMs;
      const ms = Math.max(this.#options.wallTime(), fits ? office.ms : office.ms + 1);
      if (ms > office.upTo) {
        await this.#reserve(office, ms + reserveMs);
        continue;
      }
      const first = ms === office.ms ? office.next : 0;
      office.ms = ms;
      office.next = first + count;
      return idAt(ms, risingWorker, first);
    }
  }

  #reserve(office: Office, upTo: number): Promise<void> {
    this.#reserving ??= office.lease
      .raise(upTo)
      .then(
        () => {
          office.upTo = upTo;
        },
        (error: Error) => {
          throw this.#unavailable(error.message);
        },
      )
      .finally(() => {
        this.#reserving = undefined;
      });
    return this.#reserving;
  }

  #unavailable(reason: string): PomeloError {
    return new PomeloError('IDS_UNAVAILABLE', { serverId: this.#options.serverId, reason });
  }
}

function ended(...signals: AbortSignal[]): Promise<void> {
  const any = AbortSignal.any(signals);
  return new Promise((resolve) => {
    if (any.aborted) resolve();
    else any.addEventListener('abort', () => resolve(), { once: true });
  });
}
