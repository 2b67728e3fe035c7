import { type Clock, delay, type Logger, PomeloError } from '@pomelo-ts/common';
import type { HeldLease } from '../lease/held-lease.js';
import type { Leases } from '../lease/leases.js';
import { idAt, msOfId } from './id-layout.js';

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
  last: bigint;
  /** Ids are made for times up to this one. */
  upTo: number;
}

/**
 * Makes ids that rise across the whole cluster, on the one server that holds the lease; on others of its type it stands by.
 *
 * An id is the last one plus one, or the first of the present ms when that is higher: so a clock that is set back changes
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
        this.#office = { lease, last: idAt(lease.markBefore + 1) - 1n, upTo: lease.markBefore };
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
   * The first of `count` ids that follow each other.
   *
   * @throws IDS_UNAVAILABLE when this is not the active generator, or its reserve cannot be written down
   */
  async take(count: number): Promise<bigint> {
    for (;;) {
      const office = this.#office;
      if (!office?.lease.held) throw this.#unavailable('it is not the active generator');
      const now = Math.floor(this.#options.wallTime());
      const first = max(office.last + 1n, idAt(now));
      const last = first + BigInt(count - 1);
      if (msOfId(last) <= office.upTo) {
        office.last = last;
        return first;
      }
      await this.#reserve(office, msOfId(last) + reserveMs);
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

const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);

function ended(...signals: AbortSignal[]): Promise<void> {
  const any = AbortSignal.any(signals);
  return new Promise((resolve) => {
    if (any.aborted) resolve();
    else any.addEventListener('abort', () => resolve(), { once: true });
  });
}
