import type { Clock } from '@pomelo-ts/common';

/** The time that servers of a former master have to come back to a new one; who has not by then is gone. */
export class Settling {
  readonly #cancel: () => void;
  readonly #tell: () => void;
  readonly #waiting: (() => void)[] = [];
  #settled = false;

  /** `tell` is called when it is over. */
  constructor(clock: Clock, ms: number, tell: () => void) {
    this.#tell = tell;
    this.#cancel = clock.after(ms, () => this.end());
  }

  get settled(): boolean {
    return this.#settled;
  }

  /** Nobody needs to be waited for any more. */
  end(): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#cancel();
    this.#tell();
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  whenSettled(): Promise<void> {
    return this.#settled ? Promise.resolve() : new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Stops waiting, without an end. */
  close(): void {
    this.#cancel();
  }
}
