import { backOff } from '@pomelo-ts/common';

/** When servers that crash are started again. */
export interface RestartSettings {
  /** The first wait. */
  readonly minBackOffMs: number;
  /** The longest wait. */
  readonly maxBackOffMs: number;
  /** With so many crashes within `withinMs` a server is given up. */
  readonly limit: number;
  readonly withinMs: number;
}

/** A server that ran this long has recovered: its next crash is its first. */
const recoveredMs = 60_000;

/** Decides after each crash of one server whether and when it is started again. */
export class RestartPolicy {
  readonly #settings: () => RestartSettings;
  readonly #random: (() => number) | undefined;
  #inRow = 0;
  #times: number[] = [];

  constructor(settings: () => RestartSettings, random?: () => number) {
    this.#settings = settings;
    this.#random = random;
  }

  /** Whether it has crashed since it was last started by an operator or ran well. */
  get crashed(): boolean {
    return this.#inRow > 0;
  }

  /** How often it has crashed within the time that counts. */
  get crashes(): number {
    return this.#times.length;
  }

  /** The wait in ms after a crash at `now` of a life of `ranMs`; undefined when it has crashed too often. */
  waitAfter(now: number, ranMs: number): number | undefined {
    const { minBackOffMs, maxBackOffMs, limit, withinMs } = this.#settings();
    if (ranMs >= recoveredMs) this.#inRow = 0;
    this.#times = [...this.#times.filter((time) => now - time < withinMs), now];
    if (this.#times.length >= limit) return undefined;
    const random = this.#random && { random: this.#random };
    return backOff(this.#inRow++, { minMs: minBackOffMs, maxMs: maxBackOffMs, ...random });
  }

  /** An operator starts it: what was counts no more. */
  forget(): void {
    this.#inRow = 0;
    this.#times = [];
  }
}
