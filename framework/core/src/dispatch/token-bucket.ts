/** How much may pass: so much a second on average, and up to `burst` at once. */
export interface Rate {
  readonly perSecond: number;
  /** @default as much as for one second, at least 1 */
  readonly burst?: number;
}

/** An allowance that fills at a steady rate up to a bound. Times are in ms. */
export class TokenBucket {
  readonly #perMs: number;
  readonly #burst: number;
  #tokens: number;
  #at: number;

  constructor({ perSecond, burst = Math.max(1, perSecond) }: Rate, now: number) {
    this.#perMs = perSecond / 1000;
    this.#burst = burst;
    this.#tokens = burst;
    this.#at = now;
  }

  /** Takes `cost` when it is there: gives 0, else the ms until it will be. What costs more than the burst takes a full bucket. */
  take(cost: number, now: number): number {
    this.#fill(now);
    const wanted = Math.min(cost, this.#burst);
    if (this.#tokens >= wanted) {
      this.#tokens -= cost;
      return 0;
    }
    // A hair less, so that rounding of fractions does not add a millisecond.
    return Math.max(1, Math.ceil((wanted - this.#tokens) / this.#perMs - 1e-6));
  }

  /** Whether nothing would change if the bucket were forgotten and made anew. */
  isFull(now: number): boolean {
    this.#fill(now);
    return this.#tokens >= this.#burst;
  }

  #fill(now: number): void {
    if (now > this.#at) this.#tokens = Math.min(this.#burst, this.#tokens + (now - this.#at) * this.#perMs);
    this.#at = now;
  }
}
