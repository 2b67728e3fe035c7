import type { Clock } from '../clock.js';

/** How many seconds' worth may come at once. */
const burstSeconds = 4;
/** Share of that which is kept for lines that tell of something wrong. */
const reservedShare = 0.25;

/** What was not written for want of budget. */
export interface LeftOut {
  readonly lines: number;
  readonly bytes: number;
}

/** How much one process may log: so many bytes a second, and for a short time more. */
export class LogBudget {
  readonly bytesPerSecond: number;
  readonly #clock: Clock;
  readonly #most: number;
  #left: number;
  #at: number;
  #lines = 0;
  #bytes = 0;

  constructor(bytesPerSecond: number, clock: Clock) {
    this.bytesPerSecond = bytesPerSecond;
    this.#clock = clock;
    this.#most = bytesPerSecond * burstSeconds;
    this.#left = this.#most;
    this.#at = clock.now();
  }

  /** Whether a line of so many bytes may be written. Warnings and errors are `important`: they still are when others are not. */
  take(bytes: number, important: boolean): boolean {
    if (this.#most === Number.POSITIVE_INFINITY) return true;
    const now = this.#clock.now();
    this.#left = Math.min(this.#most, this.#left + ((now - this.#at) / 1000) * this.bytesPerSecond);
    this.#at = now;
    const floor = important ? 0 : this.#most * reservedShare;
    if (this.#left - Math.min(bytes, this.#most / 2) >= floor) {
      this.#left -= bytes;
      return true;
    }
    this.#lines++;
    this.#bytes += bytes;
    return false;
  }

  /** What was left out since this was last asked. */
  leftOut(): LeftOut | undefined {
    if (this.#lines === 0) return undefined;
    const told = { lines: this.#lines, bytes: this.#bytes };
    this.#lines = 0;
    this.#bytes = 0;
    return told;
  }
}
