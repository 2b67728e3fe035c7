import { beforeEach, describe, expect, it } from 'vitest';
import { ends, showLeft, tellTime, warningAt } from '../src/session/session-time.js';

const minute = 60_000;
const hours = 60 * minute;
const at = (now: number) => warningAt(ends.value, now);

describe('who does nothing', () => {
  beforeEach(() => {
    ends.value = undefined;
  });

  it('is warned two minutes before, and goes on by what the server says then', () => {
    expect(at(0)).toBeUndefined();
    tellTime({ idleMs: 30 * minute, leftMs: 12 * hours }, 0);
    expect(at(28 * minute - 1)).toBeUndefined();
    expect(at(28 * minute)).toEqual({ kind: 'idle', inMs: 2 * minute });
    expect(at(31 * minute)).toEqual({ kind: 'idle', inMs: 0 });
    tellTime({ idleMs: 30 * minute, leftMs: 12 * hours - 29 * minute }, 29 * minute); // in another tab, say
    expect(at(31 * minute)).toBeUndefined();
  });

  it('is told of an end that nothing helps against as one', () => {
    tellTime({ idleMs: 30 * minute, leftMs: minute }, 0);
    expect(at(30_000)).toEqual({ kind: 'expired', inMs: 30_000 });
  });

  it('sees the time in minutes and seconds', () => {
    expect([65_000, 59_001, 0].map(showLeft)).toEqual(['1:05', '1:00', '0:00']);
  });
});
