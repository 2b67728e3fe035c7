/** Time between two drawings of the screen, in ms: at most four a second. */
export const frameMs = 250;

/** Bytes a second that are sent to the terminal at most, over some seconds: what a slow line carries beside all else. */
export const bytesPerSecond = 8000;

/** Bytes that may go at once after a rest. */
export const mostSaved = 8000;

/**
 * Draws soon after it is asked to, never more often than each {@link frameMs}, and never before what was sent by the last drawings has had its
 * time at {@link bytesPerSecond}.
 */
export class Frames {
  readonly #draw: () => number;
  #last = Number.NEGATIVE_INFINITY;
  /** Bytes that may be sent just after the last drawing; below 0 while more was sent than its time. */
  #left = mostSaved;
  #timer: NodeJS.Timeout | undefined;

  /** @param draw gives how many bytes it has sent */
  constructor(draw: () => number) {
    this.#draw = draw;
  }

  want(): void {
    if (this.#timer) return;
    const owedMs = Math.max(0, (-this.#left / bytesPerSecond) * 1000);
    const wait = Math.max(0, this.#last + Math.max(frameMs, owedMs) - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      const now = performance.now();
      const earned = ((now - this.#last) / 1000) * bytesPerSecond;
      this.#last = now;
      this.#left = Math.min(mostSaved, this.#left + earned) - this.#draw();
    }, wait);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
