import { describe, expect, it } from 'vitest';
import {
  showAge,
  showBytes,
  showCell,
  showCount,
  showPast,
  showRate,
  showSeconds,
  showShare,
  viewNames,
  views,
} from '../src/index.js';

describe('a number as text', () => {
  it.each([
    [showCount, [0, '0'], [4120, '4,120'], [99_999, '99,999'], [101_233, '101k'], [1_234_567, '1.2M']],
    [showRate, [0, '0'], [0.02, '0.02'], [0.5, '0.5'], [830, '830'], [9999, '9,999'], [41_230, '41.2k']],
    [showSeconds, [0, '0ms'], [0.0004, '0.4ms'], [0.018, '18ms'], [1.24, '1.2s'], [61, '61s']],
    [showBytes, [2048, '2K'], [310 * 1024 ** 2, '310M'], [1.25 * 1024 ** 3, '1.3G'], [20 * 1024 ** 3, '20G']],
    [
      showShare,
      [0, '0%'],
      [0.00001, '<0.01%'],
      [0.0002, '0.02%'],
      [0.015, '1.5%'],
      [0.97, '97%'],
      [2, '200%'],
    ],
    [showAge, [9.9, '9s'], [240, '4m'], [7300, '2h'], [200_000, '2d']],
  ] as const)('%o is short', (show, ...cases: readonly unknown[]) => {
    for (const [value, text] of cases as readonly (readonly [number, string])[])
      expect(show(value)).toBe(text);
  });

  it('is nothing where nothing is known', () => {
    expect(showCell(null, views.servers.columns.loop)).toBe('');
    expect(showCell('ready', views.servers.columns.state)).toBe('ready');
  });
});

describe('a line of the past', () => {
  it('has the most at full height, and blanks where nothing is known', () => {
    expect(showPast([null, 0, 1, 2, 4])).toBe(' ▁▃▅█');
    expect(showPast([0, 0])).toBe('▁▁');
    expect(showPast([0, 4], true)).toBe('_@');
  });
});

describe('a view', () => {
  it.each(viewNames)('%s has a letter of its own for each column', (name) => {
    const letters = Object.values(views[name].columns).map(({ letter }) => letter);
    expect(new Set(letters).size).toBe(letters.length);
  });

  it('has a digit of its own', () => {
    const digits = viewNames.map((name) => views[name].digit);
    expect(new Set(digits).size).toBe(digits.length);
  });
});
