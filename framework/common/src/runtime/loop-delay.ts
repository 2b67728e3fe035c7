import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';

/** How often the engine looks how late it is, in ms: what it finds is so much too long. */
const resolutionMs = 20;
/** Length of a window, in ms. */
const windowMs = 5000;

/**
 * How late the event loop comes to what is due. What it tells is of the present window and of the one before, so that a short stall is seen
 * for 5 seconds at least, whoever asks how often.
 */
export class LoopDelay {
  readonly #histogram: IntervalHistogram = monitorEventLoopDelay({ resolution: resolutionMs });
  readonly #percentiles: readonly number[];
  #before: readonly number[] = [];
  #began = 0;

  /** @param percentiles percentiles, of which 100 is the longest delay */
  constructor(percentiles: readonly number[], now: number) {
    this.#percentiles = percentiles;
    this.begin(now);
    this.#histogram.enable();
  }

  /** Forgets what has been; `now` in ms. */
  begin(now: number): void {
    this.#before = this.#percentiles.map(() => 0);
    this.#began = now;
    this.#histogram.reset();
  }

  /** Delays in seconds, one for each percentile; `now` in ms. */
  look(now: number): readonly number[] {
    const present = this.#percentiles.map((percentile) => this.#delayOf(percentile));
    const shown = present.map((delay, i) => Math.max(delay, this.#before[i]!));
    if (now - this.#began >= windowMs) {
      this.#before = present;
      this.#began = now;
      this.#histogram.reset();
    }
    return shown;
  }

  stop(): void {
    this.#histogram.disable();
  }

  #delayOf(percentile: number): number {
    if (this.#histogram.count === 0) return 0;
    return Math.max(0, this.#histogram.percentile(percentile) / 1e9 - resolutionMs / 1000);
  }
}
