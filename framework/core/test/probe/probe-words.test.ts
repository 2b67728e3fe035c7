import { FakeClock } from '@pomelo-ts/common/testing';
import { describe, expect, it } from 'vitest';
import { ProbeWords } from '../../src/probe/probe-words.js';

describe('words for probes', () => {
  it('are good once, for ten seconds, and no other one is', () => {
    const clock = new FakeClock();
    const words = new ProbeWords(clock);
    const [first, second, third] = [words.open(), words.open(), words.open()];
    expect(first).toMatch(/^[0-9a-f]{32}$/);
    expect(words.take(first)).toBe(true);
    expect(words.take(first)).toBe(false);
    for (const none of ['', 'toString', undefined, 7, [second], { word: second }])
      expect(words.take(none)).toBe(false);
    clock.pass(9999);
    expect(words.take(second)).toBe(true);
    clock.pass(1);
    expect(words.take(third)).toBe(false);
  });

  it('take no room without bound: of many the oldest are forgotten', () => {
    const words = new ProbeWords(new FakeClock());
    const all = Array.from({ length: 100 }, () => words.open());
    expect(all.map((word) => words.take(word))).toEqual([...Array(36).fill(false), ...Array(64).fill(true)]);
  });
});
