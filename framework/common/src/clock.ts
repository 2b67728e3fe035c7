/** The passing of time, passed in so that tests can own it. */
export interface Clock {
  /** Milliseconds from some fixed point, never stepping back. */
  now(): number;
  /** Calls `fn` once after `ms`; the returned function cancels. */
  after(ms: number, fn: () => void): () => void;
  /** Calls `fn` every `ms` without keeping the process alive; the returned function cancels. */
  every(ms: number, fn: () => void): () => void;
}

/** The clock of this machine. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(ms, fn) {
    const timer = setTimeout(fn, ms);
    return () => clearTimeout(timer);
  },
  every(ms, fn) {
    const timer = setInterval(fn, ms);
    timer.unref();
    return () => clearInterval(timer);
  },
};

/** Waits `ms` on `clock`. */
export function delay(ms: number, clock: Clock = systemClock): Promise<void> {
  return new Promise((resolve) => clock.after(ms, resolve));
}

/** Settings of {@link backOff}. */
export interface BackOffOptions {
  /** First wait in ms. @default 100 */
  readonly minMs?: number;
  /** Longest wait in ms. @default 5000 */
  readonly maxMs?: number;
  /** A number from 0 up to 1. @default Math.random */
  readonly random?: () => number;
}

/** The wait before retry number `attempt` (from 0): doubling, with the upper half random, so that many do not retry at once. */
export function backOff(attempt: number, options: BackOffOptions = {}): number {
  const { minMs = 100, maxMs = 5000, random = Math.random } = options;
  const full = Math.min(maxMs, minMs * 2 ** Math.min(attempt, 20));
  return full / 2 + (full / 2) * random();
}
