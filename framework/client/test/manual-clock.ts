import type { ClientClock } from '../src/clock.js';

/** Time that stands still until {@link advance}. */
export class ManualClock implements ClientClock {
  #now = 0;
  readonly #due = new Map<object, { at: number; callback: () => void }>();

  now(): number {
    return this.#now;
  }

  after(ms: number, callback: () => void): () => void {
    const key = {};
    this.#due.set(key, { at: this.#now + ms, callback });
    return () => this.#due.delete(key);
  }

  /** Timers that are armed. */
  get armed(): number {
    return this.#due.size;
  }

  /** How long until each armed timer. */
  get waits(): number[] {
    return [...this.#due.values()].map(({ at }) => at - this.#now).sort((a, b) => a - b);
  }

  /** Runs what comes due, each at its own time. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const [key, next] = [...this.#due].sort(([, a], [, b]) => a.at - b.at)[0] ?? [];
      if (key === undefined || next === undefined || next.at > end) break;
      this.#due.delete(key);
      this.#now = Math.max(this.#now, next.at);
      next.callback();
    }
    this.#now = end;
  }

  /** Time passes while nothing runs, as when a machine sleeps; then what is overdue runs. */
  sleep(ms: number): void {
    this.#now += ms;
    this.advance(0);
  }
}
