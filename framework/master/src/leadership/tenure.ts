import type { Clock } from '@pomelo-ts/common';

/** The time for which a master leads. Everything it does asks first whether this still holds. */
export interface Tenure {
  /** Rises with each change of the leader, across all masters. Servers refuse a master with a lower one than they have seen. */
  readonly term: number;
  /** Whether this master surely leads now. Once false it never is true again. */
  holds(): boolean;
  /** Whether no store tells masters apart, so that another one is seen only by what it does. */
  readonly sole?: boolean;
}

/** The tenure of a master that is the only one. */
export const soleTenure = (term: number): Tenure => ({ term, holds: () => true, sole: true });

/** A tenure that ends by itself when its lease is not extended. */
export class LeasedTenure implements Tenure {
  readonly term: number;
  readonly #clock: Clock;
  #until: number;

  constructor(term: number, until: number, clock: Clock) {
    this.term = term;
    this.#until = until;
    this.#clock = clock;
  }

  /** Asks the clock and not a timer: after a pause of the process its timers are late. */
  holds(): boolean {
    if (this.#clock.now() < this.#until) return true;
    this.end();
    return false;
  }

  /** Time that is left, in ms. */
  get leftMs(): number {
    return this.#until - this.#clock.now();
  }

  /** Goes on until `until`, unless it has ended. */
  extend(until: number): void {
    if (this.holds()) this.#until = Math.max(this.#until, until);
  }

  end(): void {
    this.#until = Number.NEGATIVE_INFINITY;
  }
}
