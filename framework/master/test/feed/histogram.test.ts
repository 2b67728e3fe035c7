import { bucketEdges, Measures } from '@pomelo-ts/common';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countOf, meanOf, noDurations, quantileOf, since } from '../../src/feed/histogram.js';

/** These seconds as a measure has them. */
function durationsOf(seconds: readonly number[]): Float64Array {
  const measures = new Measures();
  const histogram = measures.make({ kind: 'histogram', name: 'a.b', help: 'h', unit: 'seconds' });
  for (const one of seconds) histogram.observe(one);
  return [...measures.all].at(-1)!.rows[0]!.slots;
}

describe('durations by buckets', () => {
  it('have a quantile that is in the bucket of the duration that has that rank', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 9.9, noNaN: true }), { minLength: 1 }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (seconds, q) => {
          const exact = [...seconds].sort((a, b) => a - b)[Math.max(0, Math.ceil(q * seconds.length) - 1)]!;
          const edge = bucketEdges.find((one) => exact <= one)!;
          const from = bucketEdges[bucketEdges.indexOf(edge) - 1] ?? 0;
          const found = quantileOf(durationsOf(seconds), q)!;
          expect(found).toBeGreaterThanOrEqual(from);
          expect(found).toBeLessThanOrEqual(edge);
        },
      ),
    );
  });

  it('are told as the last edge when they are beyond it, and as nothing when there are none', () => {
    expect(quantileOf(durationsOf([60]), 0.99)).toBe(bucketEdges.at(-1));
    expect([quantileOf(noDurations(), 0.99), meanOf(noDurations())]).toEqual([null, null]);
  });

  it('have their mean, and what came since others', () => {
    const before = durationsOf([1, 1]);
    const now = durationsOf([1, 1, 3]);
    expect([countOf(now), meanOf(now)]).toEqual([3, 5 / 3]);
    expect([countOf(since(now, before)), meanOf(since(now, before))]).toEqual([1, 3]);
    expect(countOf(since(before, now))).toBe(0); // of a life that has begun anew
  });
});
