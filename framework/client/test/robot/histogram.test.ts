import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Histogram } from '../../src/robot/histogram.js';

const times = fc.array(fc.double({ min: 0, max: 5_000_000, noNaN: true }), { maxLength: 200 });

function histogramOf(values: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const ms of values) histogram.record(ms);
  return histogram;
}

/** The value that a share `q` of all values is not above. */
function exactQuantile(values: readonly number[], q: number): number {
  const sorted = values
    .map((ms) => Math.min(Math.round(ms * 1000), 0xffff_ffff) / 1000)
    .sort((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil(q * sorted.length)) - 1]!;
}

describe('a histogram', () => {
  it('has no times before anything is recorded', () => {
    const { count, minMs, maxMs, meanMs } = new Histogram();
    expect({ count, minMs, maxMs, meanMs, p99: new Histogram().quantileMs(0.99) }).toEqual({
      ...{ count: 0, minMs: 0, maxMs: 0, meanMs: 0, p99: 0 },
    });
  });

  it('gives any quantile within 0.4 % of the exact one, from microseconds to an hour', () => {
    fc.assert(
      fc.property(times, fc.double({ min: 0, max: 1, noNaN: true }), (values, q) => {
        fc.pre(values.length > 0);
        const exact = exactQuantile(values, q);
        expect(Math.abs(histogramOf(values).quantileMs(q) - exact)).toBeLessThanOrEqual(exact / 256 + 1e-9);
      }),
    );
  });

  it('knows the extremes and the mean exactly, to the microsecond', () => {
    const histogram = histogramOf([1.5, 0.25, 1234.567]);
    expect(histogram.minMs).toBe(0.25);
    expect(histogram.maxMs).toBe(1234.567);
    expect(histogram.meanMs).toBeCloseTo((1.5 + 0.25 + 1234.567) / 3, 9);
  });

  it('merges into what one would be that had recorded all values, by way of JSON', () => {
    fc.assert(
      fc.property(fc.array(times, { maxLength: 5 }), (parts) => {
        const merged = new Histogram();
        for (const part of parts) merged.merge(JSON.parse(JSON.stringify(histogramOf(part))));
        expect(merged.toJSON()).toEqual(histogramOf(parts.flat()).toJSON());
      }),
    );
  });

  it('takes what is longer than 71 minutes as that, and what is negative as nothing', () => {
    const histogram = histogramOf([1e12, -5]);
    expect(histogram.maxMs).toBe(0xffff_ffff / 1000);
    expect(histogram.minMs).toBe(0);
  });

  it('stays small whatever is recorded', () => {
    const histogram = new Histogram();
    for (let ms = 0.001; ms < 1e7; ms *= 1.001) histogram.record(ms);
    expect(histogram.toJSON().buckets.length).toBeLessThan(2 * 3400);
  });
});
