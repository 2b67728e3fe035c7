/** Functions that want to hear of one thing. One that throws does not keep the others from hearing. */
export class Listeners<T> {
  readonly #all = new Set<(value: T) => void>();
  readonly #onThrow: (error: unknown) => void;

  constructor(onThrow: (error: unknown) => void) {
    this.#onThrow = onThrow;
  }

  get size(): number {
    return this.#all.size;
  }

  /** Returns what removes the listener again. */
  add(listener: (value: T) => void): () => void {
    // Wrapped, so that one function added twice is heard twice and removed once.
    const own = (value: T) => listener(value);
    this.#all.add(own);
    return () => {
      this.#all.delete(own);
    };
  }

  tell(value: T): void {
    for (const listener of this.#all) {
      try {
        listener(value);
      } catch (error) {
        this.#onThrow(error);
      }
    }
  }
}
