/** What 32 bits have for sure: more digits would be noise, and twice the bytes. */
const shownDigits = 6;

/** A figure over time, one number each step, the oldest of which gives way; `NaN` where nothing was known. */
export class Series {
  readonly #values: Float32Array;
  #next = 0;
  #count = 0;

  constructor(most: number) {
    this.#values = new Float32Array(most);
  }

  /** How many numbers are remembered. */
  get length(): number {
    return this.#count;
  }

  add(value: number | null): void {
    this.#values[this.#next] = value ?? Number.NaN;
    this.#next = (this.#next + 1) % this.#values.length;
    this.#count = Math.min(this.#count + 1, this.#values.length);
  }

  /** The last `count` numbers, oldest first; null where nothing is known. */
  last(count: number): (number | null)[] {
    return Array.from({ length: count }, (_, i) => {
      const back = count - i;
      if (back > this.#count) return null;
      const value = this.#values[(this.#next - back + this.#values.length) % this.#values.length]!;
      return Number.isNaN(value) ? null : Number(value.toPrecision(shownDigits));
    });
  }
}
