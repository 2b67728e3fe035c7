/** The passing of time, passed in so that tests can own it. */
export interface Clock {
  /** Milliseconds from some fixed point, never stepping back. */
  now(): number;
  /** Calls `fn` once after `ms`; the returned function cancels. */
  after(ms: number, fn: () => void): () => void;
  /** Calls `fn` every `ms`, which is at most 24 days, without keeping the process alive; the returned function cancels. */
  every(ms: number, fn: () => void): () => void;
}

/** Node's timers take at most this, in ms, and fire at once for more. */
const longestTimerMs = 2 ** 31 - 1;

/** The clock of this machine. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(ms, fn) {
    if (ms > longestTimerMs) return afterLong(ms, fn);
    const timer = setTimeout(fn, ms);
    return () => clearTimeout(timer);
  },
  every(ms, fn) {
    const timer = setInterval(fn, Math.min(ms, longestTimerMs));
    timer.unref();
    return () => clearInterval(timer);
  },
};

/** Waits for more than one timer can, by one after the other. */
function afterLong(ms: number, fn: () => void): () => void {
  let cancel = () => {};
  const timer = setTimeout(() => {
    cancel = systemClock.after(ms - longestTimerMs, fn);
  }, longestTimerMs);
  return () => {
    clearTimeout(timer);
    cancel();
  };
}

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
