import type { Clock } from '@pomelo-ts/common';
import type { LeaseHolder } from './lease-messages.js';
import type { LeaseRecord } from './lease-record.js';

/** What a master has granted or renewed itself. */
interface Held {
  readonly until: number;
  readonly holder: LeaseHolder;
  readonly token: number;
}

/** Renewals after which what is long over is forgotten. */
const sweepEach = 1000;

/**
 * Until when leases are held at most, by the clock of the master that leads: by what it has granted and renewed itself, and of all
 * others for their whole time from when it began to lead.
 */
export class HeldUntil {
  readonly #clock: Clock;
  readonly #since: number;
  readonly #held = new Map<string, Held>();
  #noted = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#since = clock.now();
  }

  /** A holder that was granted a lease, or has renewed it, has asked for that before now. */
  note(name: string, holder: LeaseHolder, token: number, ttlMs: number): void {
    const now = this.#clock.now();
    this.#held.set(name, { until: now + ttlMs, holder, token });
    if (++this.#noted % sweepEach > 0) return;
    for (const [one, { until }] of this.#held) if (until <= now) this.#held.delete(one);
  }

  /** It was given back. */
  forget(name: string): void {
    this.#held.delete(name);
  }

  /** The process of this life has surely ended. */
  forgetAllOf({ bootId }: LeaseHolder): void {
    for (const [name, { holder }] of this.#held) if (holder.bootId === bootId) this.#held.delete(name);
  }

  /** Who may hold it, by what this master has done itself. */
  holderOf(name: string): Omit<Held, 'until'> | undefined {
    const held = this.#held.get(name);
    return held && this.#clock.now() < held.until ? held : undefined;
  }

  /** How long a lease is held yet at most, in ms, if nobody renews it; 0 when it is over. */
  leftMs({ name, ttlMs }: Pick<LeaseRecord, 'name' | 'ttlMs'>): number {
    return Math.max(0, (this.#held.get(name)?.until ?? this.#since + ttlMs) - this.#clock.now());
  }

  /** Whether the holder of a record has surely seen it end. */
  isOver(record: LeaseRecord): boolean {
    return this.leftMs(record) === 0;
  }
}
