import { describe, expect, it } from 'vitest';
import { LogBudget } from '../../src/log/log-budget.js';
import { FakeClock } from '../../src/testing.js';

describe('the budget of a log', () => {
  it('lets four seconds’ worth come at once, and counts what is more', () => {
    const clock = new FakeClock();
    const budget = new LogBudget(1000, clock);
    const written = Array.from({ length: 100 }, () => budget.take(100, true)).filter(Boolean);
    expect(written).toHaveLength(40);
    expect(budget.leftOut()).toEqual({ lines: 60, bytes: 6000 });
    expect(budget.leftOut()).toBeUndefined();
    clock.pass(1000);
    expect(Array.from({ length: 100 }, () => budget.take(100, true)).filter(Boolean)).toHaveLength(10);
  });

  it('keeps a part for warnings and errors, however much else comes', () => {
    const clock = new FakeClock();
    const budget = new LogBudget(1000, clock);
    while (budget.take(100, false));
    expect(budget.take(100, false)).toBe(false);
    expect(budget.take(100, true)).toBe(true);
  });

  it('of bytes without end leaves nothing out', () => {
    const budget = new LogBudget(Number.POSITIVE_INFINITY, new FakeClock());
    for (let line = 0; line < 1000; line++) expect(budget.take(1e9, false)).toBe(true);
  });
});
