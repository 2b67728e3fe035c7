/** Readings, so many ms apart, the oldest of which gives way to a new one. */
export class Past<T> {
  readonly #stepMs: number;
  readonly #most: number;
  readonly #kept: { readonly at: number; readonly reading: T }[] = [];

  /** @param stepMs shortest time between two that are kept; @param most how many are kept */
  constructor(stepMs: number, most: number) {
    this.#stepMs = stepMs;
    this.#most = most;
  }

  /** Keeps a reading, unless the last one that is kept is younger than a step. */
  add(at: number, reading: T): void {
    const last = this.#kept.at(-1);
    if (last && at - last.at < this.#stepMs) return;
    this.#kept.push({ at, reading });
    if (this.#kept.length > this.#most) this.#kept.shift();
  }

  /** The youngest reading that is from `at` or before; the oldest one when all are younger. */
  before(at: number): { readonly at: number; readonly reading: T } | undefined {
    return this.#kept.findLast((one) => one.at <= at) ?? this.#kept[0];
  }

  clear(): void {
    this.#kept.length = 0;
  }
}
