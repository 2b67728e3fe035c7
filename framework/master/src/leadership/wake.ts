import type { Clock } from '@pomelo-ts/common';

/** A wait that can be cut short; a word that comes while nobody waits counts for the next one. */
export class Wake {
  readonly #clock: Clock;
  #pending = false;
  #end: () => void = () => {
    this.#pending = true;
  };

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves after `ms`, or when {@link now} is called. */
  after(ms: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.#pending) {
        this.#pending = false;
        resolve();
        return;
      }
      const cancel = this.#clock.after(ms, () => this.#end());
      this.#end = () => {
        cancel();
        this.#end = () => {
          this.#pending = true;
        };
        resolve();
      };
    });
  }

  now(): void {
    this.#end();
  }
}
