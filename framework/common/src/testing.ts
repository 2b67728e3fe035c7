import type { Clock } from './clock.js';

/** A clock that moves only when told to, for tests of anything that takes a {@link Clock}. */
export class FakeClock implements Clock {
  #now = 0;
  readonly #timers = new Set<{ at: number; every: number | undefined; fn: () => void }>();

  now(): number {
    return this.#now;
  }

  after(ms: number, fn: () => void): () => void {
    return this.#add({ at: this.#now + ms, every: undefined, fn });
  }

  every(ms: number, fn: () => void): () => void {
    return this.#add({ at: this.#now + ms, every: ms, fn });
  }

  /** Lets `ms` pass, calling what is due in order. */
  pass(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const due = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.#now = due.at;
      if (due.every === undefined) this.#timers.delete(due);
      else due.at += due.every;
      due.fn();
    }
    this.#now = end;
  }

  /**
   * Lets `ms` pass in small steps, and lets connections in memory do their work in between, as they would in that time: after
   * one great leap of time every heartbeat would be overdue at once.
   */
  async letPass(ms: number, stepMs = 250): Promise<void> {
    for (let left = ms; left > 0; left -= stepMs) {
      this.pass(Math.min(stepMs, left));
      for (let turn = 0; turn < 4; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }

  #add(timer: { at: number; every: number | undefined; fn: () => void }): () => void {
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }
}
