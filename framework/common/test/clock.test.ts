import { describe, expect, it } from 'vitest';
import { backOff } from '../src/clock.js';

describe('backOff', () => {
  it('doubles up to its bound, the upper half by chance', () => {
    const least = { minMs: 100, maxMs: 1000, random: () => 0 };
    const most = { minMs: 100, maxMs: 1000, random: () => 1 };
    expect([0, 1, 2, 9, 999].map((attempt) => backOff(attempt, least))).toEqual([50, 100, 200, 500, 500]);
    expect([0, 1, 2, 9, 999].map((attempt) => backOff(attempt, most))).toEqual([100, 200, 400, 1000, 1000]);
  });
});
