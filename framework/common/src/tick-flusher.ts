/** Something that holds back output until the end of the tick. */
export interface Flushable {
  flush(): void;
}

/**
 * Flushes each scheduled object once, after the events that are already there have been handled: everything written
 * for one peer while a burst of input is worked off leaves in one system call.
 */
export class TickFlusher {
  #waiting: Flushable[] = [];
  #spare: Flushable[] = [];
  readonly #run = (): void => this.flushNow();

  /** The caller must see to it that it schedules itself once only until it was flushed. */
  schedule(target: Flushable): void {
    if (this.#waiting.push(target) === 1) setImmediate(this.#run);
  }

  /** Flushes what waits, without waiting for the end of the tick. */
  flushNow(): void {
    const waiting = this.#waiting;
    this.#waiting = this.#spare;
    for (const target of waiting) target.flush();
    waiting.length = 0;
    this.#spare = waiting;
  }
}
