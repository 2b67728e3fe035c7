import { describe, expect, it, vi } from 'vitest';
import { Pace } from '../src/pace.js';

/** A clock that is moved by hand. */
function clock() {
  let now = 1000;
  const spy = vi.spyOn(performance, 'now').mockImplementation(() => now);
  const go = (ms: number) => {
    now += ms;
  };
  return { go, [Symbol.dispose]: () => spy.mockRestore() };
}

describe('long work', () => {
  it('is due to rest after a few milliseconds, and is told without its rests', async () => {
    using time = clock();
    const pace = new Pace(5);
    time.go(4);
    expect(pace.due).toBe(false);
    time.go(1);
    expect(pace.due).toBe(true);
    const rest = pace.rest();
    time.go(100);
    await rest;
    expect([pace.due, pace.workedMs]).toEqual([false, 5]);
    time.go(2);
    expect(pace.workedMs).toBe(7);
  });

  it('lets others have their turn while it rests', async () => {
    const turns: string[] = [];
    setImmediate(() => turns.push('another'));
    await new Pace(0).rest();
    expect(turns).toEqual(['another']);
  });
});
