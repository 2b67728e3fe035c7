import { describe, expect, it } from 'vitest';
import { loadLinearMatcher } from '../src/load-matcher.js';

describe('a regular expression of whoever looks', () => {
  it('finds what it says, in capitals or not', async () => {
    const make = await loadLinearMatcher();
    const matches = make('timed out after \\d+ ms .*(chat|game)-\\d');
    expect(
      ['It TIMED out after 12 ms at chat-1', 'timed out after ms at chat-1'].map((one) => matches(one)),
    ).toEqual([true, false]);
  });

  it.each([['(a+)+$'], ['(a|aa)+$'], ['a*a*a*a*a*a*a*b'], ['(.*)*(.*)*(.*)*x']])(
    '%s is judged in time on what would hold up others for years',
    async (pattern) => {
      const make = await loadLinearMatcher();
      expect(make(pattern)(`${'a'.repeat(5000)}!`)).toBe(false);
    },
  );

  it.each([
    ['(a', /missing closing \)/],
    ['(?=a)b', /invalid/],
    ['(a)\\1', /invalid/],
    ['(.{1,99}){9}z', /it takes too long: at most 200 steps, got \d{4}; repeat less often/],
    ['a'.repeat(201), /at most 200 characters, got 201/],
  ])(
    'is refused where it has no end, looks around, refers back, or takes too long: %s',
    async (pattern, why) => {
      const make = await loadLinearMatcher();
      expect(() => make(pattern)).toThrow(why);
    },
  );
});
