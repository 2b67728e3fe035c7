/** Most times that are remembered: enough to say "many". */
const mostTimes = 100;

/** When something happened, as far back as it counts. */
export class RecentTimes {
  readonly #withinMs: number;
  readonly #times: number[] = [];

  constructor(withinMs: number) {
    this.#withinMs = withinMs;
  }

  /** Notes that it happened at `at`, in ms. */
  add(at: number): void {
    this.#times.push(at);
    if (this.#times.length > mostTimes) this.#times.shift();
  }

  /** How often it has happened in the time before `at`. */
  count(at: number): number {
    while (this.#times[0]! < at - this.#withinMs) this.#times.shift();
    return this.#times.length;
  }
}
