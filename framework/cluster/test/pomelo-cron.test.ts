import { describe, expect, test } from 'vitest';
import { fromPomeloCron, hasNumberedMonth } from '../src/pomelo-cron.js';

describe("a time of pomelo's scheduler", () => {
  test.each([
    ['0 30 4 * * *', '0 30 4 * * *'],
    ['0 0 4 1 0 *', '0 0 4 1 jan *'],
    ['0 0 4 1 2,11 *', '0 0 4 1 mar,dec *'],
    ['0 0 4 1 0-2 *', '0 0 4 1 jan-mar *'],
    ['0 0 20,24 * * *', '0 0 20 * * *'],
    ['0 0 22-24 * * *', '0 0 22-23 * * *'],
    ['0 0 0 * * 0', '0 0 0 * * 0'],
  ])('%s means %s to every cron', (time, said) => {
    expect(fromPomeloCron(time)).toBe(said);
  });

  test('a/b is every value whose rest by b is a to pomelo, and every b-th from a to pinus', () => {
    expect(fromPomeloCron('0 5/15 * * * *')).toBe('0 5-59/15 * * * *');
    expect(fromPomeloCron('0 0 * 10/7 * *')).toBeUndefined();
    expect(fromPomeloCron('0 0 * 10/7 * *', true)).toBe('0 0 * 10-31/7 * *');
    expect(fromPomeloCron('0 0 0 1 1/3 *')).toBe('0 0 0 1 feb,may,aug,nov *');
  });

  test('that no clock shows, or with other than six fields, is undefined', () => {
    expect(fromPomeloCron('0 0 24 * * *')).toBeUndefined();
    expect(fromPomeloCron('0 0 4 * *')).toBeUndefined();
  });

  test('has a numbered month unless it is named or any', () => {
    expect(hasNumberedMonth({ time: '0 0 4 1 5 *' })).toBe(true);
    expect(hasNumberedMonth({ time: '0 0 4 1 jun *' })).toBe(false);
    expect(hasNumberedMonth({ time: '0 0 4 1 * 1' })).toBe(false);
  });
});
