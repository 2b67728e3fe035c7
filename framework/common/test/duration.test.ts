import { describe, expect, it } from 'vitest';
import { parseDuration, parseSize } from '../src/duration.js';

describe('parseDuration and parseSize', () => {
  it('read numbers with their units', () => {
    expect(['500ms', '1.5s', '2 m', '1h', '1d'].map(parseDuration)).toEqual([
      500, 1500, 120_000, 3_600_000, 86_400_000,
    ]);
    expect(['10B', '1KB', '64KiB', '1.5MiB'].map(parseSize)).toEqual([10, 1000, 65_536, 1_572_864]);
  });

  it('refuse what has no known unit', () => {
    for (const text of ['', '5', 's', '5 sec', '-5s', '5s5', '1e3s', '5constructor']) {
      expect(parseDuration(text), text).toBeUndefined();
      expect(parseSize(text), text).toBeUndefined();
    }
  });
});
