/** Values below this many microseconds have a bucket each; above, each octave has half as many. */
const exact = 256;
const octaveBits = 7;
const octave = 1 << octaveBits;
/** 2^32 - 1 µs, which is 71 minutes: what is longer counts as that. */
const largest = 0xffff_ffff;

/** A {@link Histogram} as JSON. */
export interface HistogramData {
  readonly count: number;
  readonly sumUs: number;
  readonly minUs: number;
  readonly maxUs: number;
  /** Bucket, count, bucket, count, …: those that are not empty. */
  readonly buckets: readonly number[];
}

/**
 * Durations in buckets that grow with what they hold, as those of HdrHistogram do: a quantile is at most 0.4 % (1/256) off the
 * exact one, whatever the spread. Two merge into exactly what one would be that had recorded the values of both.
 */
export class Histogram {
  readonly #buckets: number[] = [];
  #count = 0;
  #sumUs = 0;
  #minUs = Number.POSITIVE_INFINITY;
  #maxUs = 0;

  get count(): number {
    return this.#count;
  }

  /** All of these are 0 while nothing is recorded. */
  get minMs(): number {
    return this.#count === 0 ? 0 : this.#minUs / 1000;
  }

  get maxMs(): number {
    return this.#maxUs / 1000;
  }

  get meanMs(): number {
    return this.#count === 0 ? 0 : this.#sumUs / this.#count / 1000;
  }

  record(ms: number): void {
    const us = Math.min(Math.max(Math.round(ms * 1000), 0), largest);
    this.#add(bucketOf(us), 1);
    this.#take({ count: 1, sumUs: us, minUs: us, maxUs: us });
  }

  /** The value that a share `q`, from 0 to 1, of all values is not above, in ms. */
  quantileMs(q: number): number {
    const rank = Math.max(1, Math.ceil(q * this.#count));
    let seen = 0;
    for (let bucket = 0; bucket < this.#buckets.length; bucket++) {
      seen += this.#buckets[bucket]!;
      if (seen >= rank) return Math.min(Math.max(middleOf(bucket), this.#minUs), this.#maxUs) / 1000;
    }
    return 0;
  }

  merge(other: HistogramData): void {
    const { buckets } = other;
    for (let i = 0; i < buckets.length; i += 2) this.#add(buckets[i]!, buckets[i + 1]!);
    if (other.count > 0) this.#take(other);
  }

  toJSON(): HistogramData {
    const buckets = this.#buckets.flatMap((count, bucket) => (count > 0 ? [bucket, count] : []));
    const minUs = this.#count === 0 ? 0 : this.#minUs;
    return { count: this.#count, sumUs: this.#sumUs, minUs, maxUs: this.#maxUs, buckets };
  }

  #add(bucket: number, count: number): void {
    while (this.#buckets.length <= bucket) this.#buckets.push(0);
    this.#buckets[bucket]! += count;
  }

  #take({ count, sumUs, minUs, maxUs }: Omit<HistogramData, 'buckets'>): void {
    this.#count += count;
    this.#sumUs += sumUs;
    this.#minUs = Math.min(this.#minUs, minUs);
    this.#maxUs = Math.max(this.#maxUs, maxUs);
  }
}

/** How often a value was halved to have 8 bits, then those bits: consecutive over all octaves. */
function bucketOf(us: number): number {
  if (us < exact) return us;
  const halved = 31 - Math.clz32(us) - octaveBits;
  return halved * octave + (us >>> halved);
}

/** The middle of what a bucket holds, in µs. */
function middleOf(bucket: number): number {
  if (bucket < exact) return bucket;
  const halved = Math.floor(bucket / octave) - 1;
  const width = 2 ** halved;
  return (bucket - halved * octave) * width + (width - 1) / 2;
}
