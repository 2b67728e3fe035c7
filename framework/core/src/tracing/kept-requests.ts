import { bucketEdges, type Clock } from '@pomelo-ts/common';
import type { CodeClass } from '@pomelo-ts/common/internal';

/** For how long requests are looked at before it is said anew which are slow, in ms, and how many there have to be. */
const windowMs = 10_000;
const fewest = 100;
/** Share of the requests that are not slow. */
const usualShare = 0.99;

/**
 * Decides at the end of a request whether its span is made though the sampler has left it out: when it failed, or took longer than the bucket in
 * which 99 of 100 requests end. It holds one number for each bucket and nothing of any request. Slow ones leave half of what may be
 * kept in a second to those that failed.
 */
export class KeptRequests {
  readonly #perSecond: number;
  readonly #clock: Clock;
  readonly #counts = new Uint32Array(bucketEdges.length + 1);
  #count = 0;
  #windowEnds: number;
  /** Seconds; nothing is slow until enough is known. */
  #slow = Number.POSITIVE_INFINITY;
  #second = 0;
  #left = 0;

  /** @param perSecond most that are kept in a second */
  constructor(perSecond: number, clock: Clock) {
    this.#perSecond = perSecond;
    this.#clock = clock;
    this.#windowEnds = clock.now() + windowMs;
  }

  /** A request has ended that took so many seconds: `kept`, `left out` as there were too many of them, or undefined for one like all others. */
  decide(seconds: number, codeClass: CodeClass): 'kept' | 'left out' | undefined {
    const now = this.#clock.now();
    const isSlow = seconds > this.#slow;
    this.#note(seconds, now);
    if (codeClass === 'ok' && !isSlow) return undefined;
    if (now - this.#second >= 1000) {
      this.#second = now;
      this.#left = this.#perSecond;
    }
    if (this.#left <= (codeClass === 'ok' ? this.#perSecond / 2 : 0)) return 'left out';
    this.#left--;
    return 'kept';
  }

  #note(seconds: number, now: number): void {
    if (now >= this.#windowEnds && this.#count >= fewest) {
      this.#slow = this.#usualMost();
      this.#counts.fill(0);
      this.#count = 0;
      this.#windowEnds = now + windowMs;
    }
    let bucket = 0;
    while (bucket < bucketEdges.length && seconds > bucketEdges[bucket]!) bucket++;
    this.#counts[bucket]!++;
    this.#count++;
  }

  /** The upper edge of the bucket in which the 99th of 100 requests has ended. */
  #usualMost(): number {
    let count = 0;
    for (const [bucket, edge] of bucketEdges.entries()) {
      count += this.#counts[bucket]!;
      if (count >= this.#count * usualShare) return edge;
    }
    return Number.POSITIVE_INFINITY;
  }
}
