/** The first ones, in an order, of all that come: a heap whose top is the last of those, so that each new one is compared with that alone. */
export class First<T> {
  readonly #most: number;
  readonly #order: (a: T, b: T) => number;
  readonly #heap: T[] = [];

  /** @param most how many are kept, at least one; @param order below 0 when `a` comes before `b` */
  constructor(most: number, order: (a: T, b: T) => number) {
    this.#most = most;
    this.#order = order;
  }

  add(one: T): void {
    const heap = this.#heap;
    if (heap.length < this.#most) {
      heap.push(one);
      this.#rise(heap.length - 1);
    } else if (this.#order(one, heap[0]!) < 0) {
      heap[0] = one;
      this.#sink();
    }
  }

  /** Those that are kept, in their order. */
  get all(): T[] {
    return [...this.#heap].sort(this.#order);
  }

  #rise(from: number): void {
    for (let at = from; at > 0; ) {
      const above = (at - 1) >> 1;
      if (!this.#swap(above, at)) return;
      at = above;
    }
  }

  #sink(): void {
    const heap = this.#heap;
    for (let at = 0; ; ) {
      const left = 2 * at + 1;
      if (left >= heap.length) return;
      const right = left + 1;
      const later = right < heap.length && this.#order(heap[right]!, heap[left]!) > 0 ? right : left;
      if (!this.#swap(at, later)) return;
      at = later;
    }
  }

  /** Has the later of two be above; false when it is already. */
  #swap(above: number, below: number): boolean {
    const heap = this.#heap;
    const [upper, lower] = [heap[above]!, heap[below]!];
    if (this.#order(lower, upper) <= 0) return false;
    heap[above] = lower;
    heap[below] = upper;
    return true;
  }
}
