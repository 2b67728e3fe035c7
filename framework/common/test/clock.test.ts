import { afterEach, describe, expect, it, vi } from 'vitest';
import { backOff, systemClock } from '../src/clock.js';

describe('backOff', () => {
  it('doubles up to its bound, the upper half by chance', () => {
    const least = { minMs: 100, maxMs: 1000, random: () => 0 };
    const most = { minMs: 100, maxMs: 1000, random: () => 1 };
    expect([0, 1, 2, 9, 999].map((attempt) => backOff(attempt, least))).toEqual([50, 100, 200, 500, 500]);
    expect([0, 1, 2, 9, 999].map((attempt) => backOff(attempt, most))).toEqual([100, 200, 400, 1000, 1000]);
  });
});

describe('the clock of the machine', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('waits for more days than a timer of Node can, which would fire at once', () => {
    vi.useFakeTimers();
    const days = 86_400_000;
    const rung: number[] = [];
    const begun = Date.now();
    const note = () => rung.push((Date.now() - begun) / days);
    systemClock.after(60 * days, note);
    const cancels = [systemClock.after(40 * days, note), systemClock.after(10 * days, note)];
    vi.advanceTimersByTime(30 * days);
    expect(rung).toEqual([10]);
    for (const cancel of cancels) cancel();
    vi.advanceTimersByTime(100 * days);
    expect(rung).toEqual([10, 60]);
    const stop = systemClock.every(30 * days, note);
    vi.advanceTimersByTime(20 * days);
    expect(rung).toEqual([10, 60]);
    stop();
  });
});
