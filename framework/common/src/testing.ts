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

  #add(timer: { at: number; every: number | undefined; fn: () => void }): () => void {
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }
}
