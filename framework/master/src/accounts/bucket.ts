import { type Clock, PomeloError } from '@pomelo-ts/common';

/** Requests that one may make: so many a second, and for a moment as many as the bucket holds. */
export class Bucket {
  readonly #clock: Clock;
  readonly #rate: number;
  readonly #holds: number;
  #left: number;
  #at: number;

  constructor(clock: Clock, rate: number, holds = rate) {
    this.#clock = clock;
    this.#rate = rate;
    this.#holds = holds;
    this.#left = holds;
    this.#at = clock.now();
  }

  /** @throws KEY_RATE */
  take(): void {
    const now = this.#clock.now();
    this.#left = Math.min(this.#holds, this.#left + ((now - this.#at) / 1000) * this.#rate);
    this.#at = now;
    if (this.#left < 1) throw new PomeloError('KEY_RATE', { rate: this.#rate });
    this.#left -= 1;
  }
}
