import type { Clock } from '@pomelo-ts/common';

/** Failures in a row that cost nothing, and what the next ones do, in ms: twice as long with each, up to the longest. */
const free = 5;
const firstWaitMs = 1000;
const longestWaitMs = 15 * 60_000;
/** Failures are forgotten so long after the last one, in ms. */
const forgottenMs = 60 * 60_000;
/** Most names or addresses that are remembered; the one that failed longest ago gives way. */
const most = 10_000;

interface Failures {
  readonly count: number;
  readonly at: number;
}

/** How often signing in has failed in a row by name or by address, and how long whoever comes next must wait. */
export class SignInLimits {
  readonly #clock: Clock;
  readonly #failures = new Map<string, Failures>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How long nobody is let in by `key` yet, in ms; 0 when at once. */
  waitOf(key: string): number {
    const failures = this.#of(key);
    if (!failures || failures.count < free) return 0;
    const wait = Math.min(longestWaitMs, firstWaitMs * 2 ** (failures.count - free));
    return Math.max(0, failures.at + wait - this.#clock.now());
  }

  failed(key: string): void {
    const count = (this.#of(key)?.count ?? 0) + 1;
    this.#failures.delete(key); // the latest stands last
    this.#failures.set(key, { count, at: this.#clock.now() });
    if (this.#failures.size <= most) return;
    const [oldest] = this.#failures.keys();
    this.#failures.delete(oldest!);
  }

  succeeded(key: string): void {
    this.#failures.delete(key);
  }

  #of(key: string): Failures | undefined {
    const failures = this.#failures.get(key);
    if (failures && failures.at + forgottenMs <= this.#clock.now()) {
      this.#failures.delete(key);
      return undefined;
    }
    return failures;
  }
}
