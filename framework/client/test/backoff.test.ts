import { expect, it } from 'vitest';
import { backoffMs } from '../src/backoff.js';

it('doubles the ceiling up to the largest wait', () => {
  const almostOne = () => 0.999999;
  expect([0, 1, 2, 3, 40].map((attempt) => backoffMs(attempt, 100, 700, almostOne))).toEqual([
    99, 199, 399, 699, 699,
  ]);
});

it('takes anything from nothing to the ceiling', () => {
  expect(backoffMs(5, 100, 10_000, () => 0)).toBe(0);
  expect(backoffMs(5, 100, 10_000, () => 0.5)).toBe(1600);
});

it('stays at the ceiling however many attempts there were', () => {
  expect(backoffMs(5000, 100, 10_000, () => 0.5)).toBe(5000);
});
