import { setTimeout as delay } from 'node:timers/promises';

/** Longest piece of work without a rest, in ms: a tenth of a frame that a game with 20 ticks a second has. */
const usualMs = 5;

/**
 * Divides long work into pieces: after each few ms of it whoever this process is for has its turn, for as long as a piece may take.
 *
 * @example
 * const pace = new Pace();
 * for (const line of lines) {
 *   if (pace.due) await pace.rest();
 *   look(line);
 * }
 */
export class Pace {
  readonly #mostMs: number;
  #begun = performance.now();
  #workedMs = 0;

  constructor(mostMs = usualMs) {
    this.#mostMs = mostMs;
  }

  /** Whether it is time to {@link rest}; cheap enough to be asked after each piece of some microseconds. */
  get due(): boolean {
    return performance.now() - this.#begun >= this.#mostMs;
  }

  /** All that was worked so far, without the rests, in ms. */
  get workedMs(): number {
    return this.#workedMs + performance.now() - this.#begun;
  }

  /** Lets others have their turn, for as long as this has worked since the last rest, or might have. */
  async rest(): Promise<void> {
    const ms = performance.now() - this.#begun;
    this.#workedMs += ms;
    await delay(Math.min(ms, this.#mostMs)); // while others had the processor nobody worked here
    this.#begun = performance.now();
  }
}
