import { describe, expect, it } from 'vitest';
import { LifeSigns } from '../src/life-signs.js';

const options = { heartbeatMs: 500, silentMs: 2800 };

/** The first time after its last word at which the other end is taken for silent, when it has been heard at these times. */
function silentAfter(...heard: number[]): number {
  const signs = new LifeSigns(options, 0);
  for (const at of heard) signs.heard(at);
  const last = heard.at(-1) ?? 0;
  for (let ms = 0; ms < 60_000; ms += 10) if (signs.verdict(last + ms) === 'silent') return ms;
  throw new Error('it is never silent');
}

describe('the other end of a line', () => {
  it('is fine while it speaks in time, late after a little more than a heartbeat, and silent after its time', () => {
    const signs = new LifeSigns(options, 1000);
    const verdicts = [1000, 1600, 1601, 3800, 3801].map((now) => signs.verdict(now));
    expect(verdicts).toEqual(['fine', 'fine', 'late', 'late', 'silent']);
  });

  it('has its time counted anew with each word', () => {
    const signs = new LifeSigns(options, 0);
    for (let now = 0; now <= 60_000; now += 500) {
      expect(signs.verdict(now)).toBe('fine');
      signs.heard(now);
    }
    expect(signs.verdict(62_800)).toBe('late');
    expect(signs.verdict(62_801)).toBe('silent');
  });

  it('has twice as much time more as its words came late, on a line where they do', () => {
    expect(silentAfter(500, 1000)).toBe(2810);
    expect(silentAfter(500, 1250)).toBe(2810);
    expect(silentAfter(500, 2250)).toBeGreaterThan(4500);
    expect(silentAfter(500, 2250)).toBeLessThan(4810);
  });

  it('has four times its time at most', () => {
    expect(silentAfter(500, 30_000)).toBe(11_210);
  });

  it('has no more time than others when it has been in time for minutes', () => {
    const inTime = Array.from({ length: 1200 }, (_, index) => 3000 + index * 500);
    expect(silentAfter(500, 3000, ...inTime)).toBe(2810);
  });

  it('is not blamed for a pause of this process', () => {
    const signs = new LifeSigns(options, 0);
    signs.paused(60_000);
    expect(signs.verdict(60_100)).toBe('fine');
    expect(signs.verdict(62_801)).toBe('silent');
  });
});
