/** Named counts that only rise; the names are a closed list where they are used. */
export class Counters {
  readonly #counts = new Map<string, number>();

  /** Adds `by` to `name`. */
  add(name: string, by = 1): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + by);
  }

  /** The count of `name`, 0 when it never rose. */
  get(name: string): number {
    return this.#counts.get(name) ?? 0;
  }

  /** All counts by name. */
  toJSON(): Record<string, number> {
    return Object.fromEntries(this.#counts);
  }
}
