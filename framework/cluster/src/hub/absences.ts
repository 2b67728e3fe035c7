import type { Clock } from '@pomelo-ts/common';

/**
 * Servers whose link broke. That is no ended process: a server plays on and dials again. It keeps its place for a while, so that its
 * peers do not drop their connections to it.
 */
export class Absences {
  readonly #clock: Clock;
  readonly #ms: number;
  /** What ends the time of each. */
  readonly #ends = new Map<string, () => void>();

  constructor(clock: Clock, ms: number) {
    this.#clock = clock;
    this.#ms = ms;
  }

  /** Calls `giveUp` unless the server is back in time. */
  begin(id: string, giveUp: () => void): void {
    this.end(id);
    const late = (): void => {
      this.#ends.delete(id);
      giveUp();
    };
    this.#ends.set(id, this.#clock.after(this.#ms, late));
  }

  /** It is back, or surely gone. */
  end(id: string): void {
    this.#ends.get(id)?.();
    this.#ends.delete(id);
  }

  close(): void {
    for (const end of this.#ends.values()) end();
  }
}
