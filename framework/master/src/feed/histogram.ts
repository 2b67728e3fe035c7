import { bucketEdges } from '@pomelo-ts/common';
import { histogramSlots } from '@pomelo-ts/common/internal';

/** Durations by buckets, with their sum at the end: `bucketEdges.length + 2` numbers, as measures have them. */
export type Durations = Float64Array;

/** No durations. */
export const noDurations = (): Durations => new Float64Array(histogramSlots);

/** How many durations there are. */
export function countOf(durations: Durations): number {
  let count = 0;
  for (let bucket = 0; bucket <= bucketEdges.length; bucket++) count += durations[bucket]!;
  return count;
}

/** Their mean in seconds; null for none. */
export function meanOf(durations: Durations): number | null {
  const count = countOf(durations);
  return count > 0 ? durations[histogramSlots - 1]! / count : null;
}

/**
 * The duration that a share `q` of them does not exceed, in seconds: as far into its bucket as its rank is, as Prometheus has it. What is beyond
 * the last edge counts as that edge. Null for none.
 */
export function quantileOf(durations: Durations, q: number): number | null {
  const rank = q * countOf(durations);
  if (rank <= 0) return null;
  let below = 0;
  for (const [bucket, edge] of bucketEdges.entries()) {
    const inside = durations[bucket]!;
    if (below + inside >= rank) {
      const from = bucketEdges[bucket - 1] ?? 0;
      return from + (edge - from) * ((rank - below) / inside);
    }
    below += inside;
  }
  return bucketEdges.at(-1)!;
}

/** What came between two readings; of a life that has begun anew in between, all that it has. */
export function since(now: Float64Array, before: Float64Array | undefined): Float64Array {
  if (!before) return now;
  return now.map((value, slot) => Math.max(0, value - before[slot]!));
}
