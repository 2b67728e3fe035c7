import { expect, it } from 'vitest';
import { showCount, showRate, showShare, showSpan, showTime } from '../../src/robot/figures.js';
import { niceTicks, timeTicks } from '../../src/robot/html/scale.js';

it('shows times with the digits that count', () => {
  expect([0, 0.054, 1.5, 12.34, 234.5, 2345, 123_456].map(showTime)).toEqual([
    ...['0.00 ms', '0.05 ms', '1.50 ms', '12.3 ms', '235 ms', '2.35 s', '123 s'],
  ]);
});

it('shows spans, counts, rates and shares as one says them', () => {
  expect([0, 999, 45_000, 60_000, 200_000, 7_500_000].map(showSpan)).toEqual([
    ...['0s', '1s', '45s', '1m', '3m 20s', '2h 5m'],
  ]);
  expect(showCount(1_234_567.8)).toBe('1,234,568');
  expect([0, 0.1234, 12.34, 1234.5].map(showRate)).toEqual(['0/s', '0.123/s', '12.3/s', '1,235/s']);
  expect([0, 0.0012, 0.055, 0.5, 1].map(showShare)).toEqual(['0 %', '0.12 %', '5.5 %', '50 %', '100 %']);
});

it('divides an axis at round values that reach the largest', () => {
  expect(niceTicks(0)).toEqual([0, 1]);
  expect(niceTicks(0.003)).toEqual([0, 0.001, 0.002, 0.003]);
  expect(niceTicks(100)).toEqual([0, 25, 50, 75, 100]);
  for (const largest of [0.07, 1, 3.3, 9.99, 101, 4999, 123_456]) {
    const ticks = niceTicks(largest);
    expect(ticks.at(-1)).toBeGreaterThanOrEqual(largest);
    expect(ticks.length).toBeGreaterThan(2);
    expect(ticks.length).toBeLessThan(8);
  }
});

it('divides time where a clock does', () => {
  expect(timeTicks(6000)).toEqual([0, 1000, 2000, 3000, 4000, 5000, 6000]);
  expect(timeTicks(60_000).map(showSpan)).toEqual(['0s', '10s', '20s', '30s', '40s', '50s', '1m']);
  for (const endMs of [1, 500, 3_600_000, 86_400_000, 30 * 86_400_000]) {
    expect(timeTicks(endMs).length).toBeLessThanOrEqual(8);
    expect(timeTicks(endMs).at(-1)).toBeLessThanOrEqual(endMs);
  }
});
