/** Time between two drawings of the screen, in ms: at most four a second. */
export const frameMs = 250;

/** Draws soon after it is asked to, and never more often than {@link frameMs}. */
export class Frames {
  readonly #draw: () => void;
  #last = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  constructor(draw: () => void) {
    this.#draw = draw;
  }

  want(): void {
    if (this.#timer) return;
    const wait = Math.max(0, this.#last + frameMs - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#last = performance.now();
      this.#draw();
    }, wait);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
