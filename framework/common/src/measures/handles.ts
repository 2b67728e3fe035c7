/*
 * Handles are made at start. What is done for each message is one look into an array of numbers: no name, no map, no allocation.
 * The numbers are doubles: whole up to 2^53, which one count a nanosecond reaches in 104 days.
 */

/** A count that only rises. */
export class Counter {
  readonly #slots: Float64Array;
  readonly #at: number;

  /** @internal made by {@link Measures} */
  constructor(slots: Float64Array, at: number) {
    this.#slots = slots;
    this.#at = at;
  }

  /** @throws RangeError for less than 0, no number or infinity: a count never falls, and others can be told of it */
  add(by = 1): void {
    if (!(by >= 0 && by <= Number.MAX_VALUE))
      throw new RangeError(`a counter rises by 0 or more, and not by ${by}`);
    this.#slots[this.#at]! += by;
  }

  get value(): number {
    return this.#slots[this.#at]!;
  }
}

/** A figure that goes up and down. */
export class Gauge {
  readonly #slots: Float64Array;
  readonly #at: number;

  /** @internal made by {@link Measures} */
  constructor(slots: Float64Array, at: number) {
    this.#slots = slots;
    this.#at = at;
  }

  /** What is no finite number is told to others as not known. */
  set(value: number): void {
    this.#slots[this.#at] = value;
  }

  get value(): number {
    return this.#slots[this.#at]!;
  }
}

/** Upper edges of a histogram's buckets in seconds, from 1 ms to 10 s; what is longer is in one more. */
export const bucketEdges = [
  0.001, 0.002, 0.004, 0.008, 0.016, 0.03, 0.06, 0.125, 0.25, 0.5, 1, 2.5, 5, 10,
] as const;

/** Upper edges of the buckets of a histogram that sorts counts instead, such as to how many clients a push went. */
export const countEdges = [0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000] as const;

/** Numbers of one histogram: its buckets, the one beyond the last edge, and the sum of all that it took. Both kinds have as many edges. */
export const histogramSlots = bucketEdges.length + 2;

/** Counts the numbers that no histogram can take. */
export interface DroppedCount {
  dropped: number;
}

/** Durations or counts, sorted into buckets. */
export class Histogram {
  readonly #slots: Float64Array;
  readonly #at: number;
  readonly #count: DroppedCount;
  readonly #edges: readonly number[];

  /** @internal made by {@link Measures} */
  constructor(
    slots: Float64Array,
    at: number,
    count: DroppedCount,
    edges: typeof bucketEdges | typeof countEdges = bucketEdges,
  ) {
    this.#slots = slots;
    this.#at = at;
    this.#count = count;
    this.#edges = edges;
  }

  /**
   * Takes a duration in seconds, or a count where the histogram is of counts; one that is on an edge belongs to the bucket below it. What is no duration (below 0, as a clock that was set back
   * makes it, or no finite number) is dropped, and counted in `measures.dropped`: to measure must not make a handler fail.
   */
  observe(value: number): void {
    if (!(value >= 0 && value <= Number.MAX_VALUE)) {
      this.#count.dropped++;
      return;
    }
    const edges = this.#edges;
    let bucket = 0;
    while (bucket < edges.length && value > edges[bucket]!) bucket++;
    this.#slots[this.#at + bucket]! += 1;
    this.#slots[this.#at + edges.length + 1]! += value;
  }

  /** How many it has taken. */
  get count(): number {
    return this.buckets.reduce((sum, count) => sum + count, 0);
  }

  /** Sum of all that it has taken: seconds, or what is counted. */
  get sum(): number {
    return this.#slots[this.#at + bucketEdges.length + 1]!;
  }

  /** How many are in each bucket, the one beyond the last edge included; not added up. */
  get buckets(): readonly number[] {
    return [...this.#slots.subarray(this.#at, this.#at + bucketEdges.length + 1)];
  }
}
