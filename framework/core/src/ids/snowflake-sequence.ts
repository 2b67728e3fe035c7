import { idAt, idsPerMs } from './id-layout.js';

/** Why there is no id now: the sequence of this ms is used up, or the clock is behind the last id. */
export interface NotYet {
  readonly waitMs: number;
}

/** The ids of one worker, each higher than the one before: a ms after `afterMs`, then a number within it. */
export class SnowflakeSequence {
  readonly #worker: number;
  #ms: number;
  #next = idsPerMs;

  constructor(worker: number, afterMs: number) {
    this.#worker = worker;
    this.#ms = afterMs;
  }

  /** The next id at the time `now`, in ms since 1970. */
  take(now: number): bigint | NotYet {
    if (now < this.#ms) return { waitMs: this.#ms - now };
    if (now > this.#ms) {
      this.#ms = now;
      this.#next = 0;
    }
    if (this.#next === idsPerMs) return { waitMs: 1 };
    return idAt(now, this.#worker, this.#next++);
  }
}
