import { describe, expect, it } from 'vitest';
import { alikeName, nameExpected, sameName } from '../../src/accounts/account-names.js';

describe('a new name', () => {
  it.each([
    ['ann'],
    ['Ann.B+ops@example.com'],
    ['j\u{fc}rgen_9'],
    ['\u5f20\u4f1f'],
    ['\u5f20\u4f1fAnn'],
    ['\u3055\u304f\u3089\u30c6\u30b9\u30c8'],
    ['\ud64d\uae38\ub3d9'],
    ['\u0430\u043d\u043d\u0430'],
    ['\u03c3\u03bf\u03c6\u03af\u03b1'],
    ['\u0645\u062d\u0645\u062f'],
    ['007'],
  ])('may be %s', (name) => {
    expect(nameExpected(name)).toBeUndefined();
  });

  it.each([
    ['a Cyrillic letter among Latin ones', '\u0430dmin', /one script/],
    ['Greek and Latin', 'r\u03bfot', /one script/],
    ['letters of a script that nobody writes any more', '\u13a0\u13a1\u13a2', /one script/],
    ['wide letters', '\uff41\uff44min', /the usual form of its characters, "admin"/],
    ['a ligature', '\ufb01nn', /"finn"/],
    ['a small digit', 'ann\u00b2', /digits 0 to 9/],
    ['digits of another script', 'ann\u0661', /digits 0 to 9/],
    ['a space of no width', 'ad\u200bmin', /can be seen/],
    ['a mark of direction', '\u202eadmin', /can be seen/],
    ['a soft hyphen', 'ad\u00admin', /can be seen/],
    ['a letter that is not seen', 'admin\u3164', /can be seen/],
    ['a mark of its own', 'e\u0301va', /can be seen/],
    ['a space', 'ann b', /can be seen/],
    ['nothing', '', /1 to 64/],
    ['65 characters', 'a'.repeat(65), /1 to 64/],
  ])('with %s is refused with what was expected', (_, name, expected) => {
    expect(nameExpected(name)).toMatch(expected);
  });
});

const accounts = ['admin', 'Stra\u00dfe', 'bill0', '\u0441\u043e\u0440', 'warner'].map((name) => ({ name }));

describe('names that look alike', () => {
  it.each([
    ['ADMIN', 'admin'],
    ['adm\u0131n', 'admin'],
    ['STRASSE', 'Stra\u00dfe'],
    ['billo', 'bill0'],
    ['BilI0', 'bill0'],
    ['bi1l0', 'bill0'],
    ['cop', '\u0441\u043e\u0440'],
    ['wamer', 'warner'],
  ])('%s and %s are one', (name, other) => {
    expect(alikeName(accounts, name)?.name).toBe(other);
  });

  it.each(['admin2', 'ann', 'bill', 'copy'])('%s is another one', (name) => {
    expect(alikeName(accounts, name)).toBeUndefined();
  });

  it('mean the same in another case or form, and not where they only look so', () => {
    expect(sameName(accounts, 'Admin')?.name).toBe('admin');
    expect(sameName(accounts, '\uff21DMIN')?.name).toBe('admin');
    expect(sameName(accounts, 'billo')).toBeUndefined();
    const old = [{ name: 'Ann' }, { name: 'ann' }];
    expect([sameName(old, 'ann')?.name, sameName(old, 'ANN')?.name]).toEqual(['ann', undefined]);
  });
});
