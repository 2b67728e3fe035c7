import { describe, expect, it } from 'vitest';
import { TickerBench } from './ticker-bench.js';

const minute = 60_000;
const hour = 60 * minute;
const inBerlin = { timezone: 'Europe/Berlin' };
const times = (...list: string[]): string[] => list.map((time) => new Date(time).toISOString());

describe('crons while the clock of their zone changes', () => {
  it('go on every two seconds through the hour that comes twice, with one timer for each time', () => {
    const bench = new TickerBench('2026-10-24T23:59:59.500Z');
    bench.add('*/2 * * * * *', inBerlin);
    bench.clock.pass(3 * hour);
    expect(bench.toldAt).toEqual(Array.from({ length: 5400 }, (_, index) => 500 + index * 2000));
    expect(bench.missed).toEqual([]);
    expect(bench.armed).toBeLessThan(5400 + 2);
  });

  it('run a daily time once on each day, though it comes twice or never', () => {
    const autumn = new TickerBench('2026-10-23T12:00:00Z');
    autumn.add('0 30 2 * * *', inBerlin);
    autumn.clock.pass(72 * hour);
    expect(autumn.told).toEqual(times('2026-10-24T00:30Z', '2026-10-25T00:30Z', '2026-10-26T01:30Z'));
    const spring = new TickerBench('2026-03-27T12:00:00Z');
    spring.add('0 30 2 * * *', inBerlin);
    spring.clock.pass(72 * hour);
    expect(spring.told).toEqual(times('2026-03-28T01:30Z', '2026-03-29T01:00Z', '2026-03-30T00:30Z'));
  });

  it('do so where half an hour comes twice, and where midnight does not come', () => {
    const lordHowe = new TickerBench('2026-04-04T14:20:00Z');
    lordHowe.add('0 */15 * * * *', { timezone: 'Australia/Lord_Howe' });
    lordHowe.add('0 45 1 * * *', { timezone: 'Australia/Lord_Howe' });
    lordHowe.clock.pass(hour);
    expect(lordHowe.told).toEqual(
      times(
        '2026-04-04T14:30Z',
        '2026-04-04T14:45Z',
        '2026-04-04T14:45Z',
        '2026-04-04T15:00Z',
        '2026-04-04T15:15Z',
      ),
    );
    const cairo = new TickerBench('2026-04-23T12:00:00Z');
    cairo.add('0 0 0 * * fri', { timezone: 'Africa/Cairo' });
    cairo.clock.pass(24 * hour);
    expect(cairo.told).toEqual(times('2026-04-23T22:00Z'));
  });
});

describe('the timer of crons', () => {
  it('is one, and while nothing is due it looks at the time of day every five seconds', () => {
    const bench = new TickerBench('2026-01-01T12:00:00Z');
    const remove = Array.from({ length: 20 }, (_, index) => bench.add(`0 0 4 ${index + 1} 7 *`));
    const { armed } = bench;
    bench.clock.pass(hour);
    expect(bench.armed - armed).toBe(720);
    for (const one of remove) one();
    bench.clock.pass(hour);
    expect(bench.armed - armed).toBe(720);
  });

  it('is none for a cron that was taken away by another, which was due at the same time', () => {
    const bench = new TickerBench('2026-01-01T12:00:00Z');
    let removeOther = (): void => {};
    bench.add('0 * * * * *', {}, () => removeOther());
    removeOther = bench.add('0 * * * * *');
    bench.clock.pass(2 * minute);
    expect(bench.told.length).toBe(2);
  });

  it('waits for a time that is years away', () => {
    const bench = new TickerBench('2026-01-01T12:00:00Z');
    bench.add('0 0 0 29 2 *', inBerlin);
    bench.setForward(Date.parse('2028-02-28T22:59:58Z') - bench.wallTime());
    bench.clock.pass(10_000);
    expect(bench.told).toEqual(times('2028-02-28T23:00Z'));
    expect(bench.missed).toEqual([]);
  });

  it('is refused for a time that never comes, that cannot be read, and for a zone that there is not', () => {
    const bench = new TickerBench('2026-01-01T12:00:00Z');
    expect(() => bench.add('0 0 0 30 2 *')).toThrow('no month that it names has such a day');
    expect(() => bench.add('whenever')).toThrow('expected 5 or 6 fields');
    expect(() => bench.add('0 0 0 * * *', { timezone: 'Moon/Base' })).toThrow('Moon/Base');
    bench.clock.pass(minute);
    expect(bench.armed).toBe(0);
  });
});

describe('a time that comes while nobody looks', () => {
  it('is made up for within its bound, once for all that have passed', () => {
    const bench = new TickerBench('2026-01-01T12:00:00.500Z');
    bench.add('* * * * * *');
    bench.setForward(2600); // as a handler that blocks
    bench.clock.pass(500);
    expect(bench.told).toEqual(times('2026-01-01T12:00:03Z'));
    expect(bench.missed).toEqual(['2, 2 s ago, made up']);
    bench.clock.pass(500);
    expect(bench.told).toEqual(times('2026-01-01T12:00:03Z', '2026-01-01T12:00:04Z'));
  });

  it('is made up for up to its bound, and is missed beyond', () => {
    const late = (ms: number): TickerBench => {
      const bench = new TickerBench('2026-01-01T03:59:00Z');
      bench.add('0 0 4 * * *');
      bench.setForward(55_000 + ms);
      bench.clock.pass(5000);
      return bench;
    };
    expect(late(15_000).told).toEqual(times('2026-01-01T04:00Z'));
    expect(late(15_000).missed).toEqual([]);
    expect(late(15_001).told).toEqual([]);
    expect(late(15_001).missed).toEqual(['1, 15 s ago']);
  });

  it('may have a bound of its own', () => {
    const bench = new TickerBench('2026-01-01T03:00:00Z');
    bench.add('0 0 4 * * *', { lateMs: 2 * hour });
    bench.setForward(2 * hour + 30 * minute);
    bench.clock.pass(5000);
    expect(bench.told).toEqual(times('2026-01-01T04:00Z'));
    expect(bench.missed).toEqual([]);
  });

  it('is counted, however many there are, and at last no more', () => {
    const bench = new TickerBench('2026-01-01T02:59:59Z');
    bench.add('*/2 * 3 * * *');
    bench.setForward(2 * hour);
    bench.clock.pass(1000);
    expect(bench.missed).toEqual(['1800, 3602 s ago']);
    const years = new TickerBench('2026-01-01T03:00:00Z');
    years.add('* * * * * *');
    years.setForward(50 * 365 * 24 * hour);
    years.clock.pass(2000);
    expect(years.missed[0]).toContain('100001, ');
    expect(years.told.length).toBe(1);
  });

  it('is late when another cron blocks', () => {
    const bench = new TickerBench('2026-01-01T12:00:58Z');
    bench.add('0 * * * * *', {}, () => bench.setForward(20_000));
    bench.add('0 * * * * *');
    bench.clock.pass(5000);
    expect(bench.told.length).toBe(1);
    expect(bench.missed).toEqual(['1, 20 s ago']);
  });
});

describe('a clock that is set back', () => {
  it('stops no cron: it goes on by what the clock says now', () => {
    const bench = new TickerBench('2026-01-01T12:00:00Z');
    bench.add('*/2 * * * * *');
    bench.add('0 */5 * * * *');
    bench.clock.pass(hour);
    bench.told.length = 0;
    bench.setForward(-3 * hour);
    bench.clock.pass(20 * minute);
    expect(bench.told.filter((time) => time.endsWith('00.000Z')).length).toBeGreaterThan(20);
    expect(bench.told.length).toBeGreaterThan(600);
    expect(bench.missed).toEqual([]);
  });

  it('runs nothing for the same time again, when it is set back by less than a minute or the time between two runs', () => {
    const bench = new TickerBench('2026-01-01T03:59:00Z');
    bench.add('*/2 * * * * *');
    bench.add('0 0 * * * *');
    bench.add('30 59 3 * * *');
    for (const back of [500, 3000, 59_000]) {
      bench.clock.pass(2 * minute);
      bench.setForward(-back);
    }
    bench.clock.pass(4 * minute);
    expect(new Set(bench.told.filter((time) => !time.endsWith('00:00.000Z'))).size).toBeGreaterThan(240);
    const byTime = new Map<string, number>();
    for (const time of bench.told) byTime.set(time, (byTime.get(time) ?? 0) + 1);
    expect(byTime.get(times('2026-01-01T04:00Z')[0]!)).toBe(2); // two crons have this time
    byTime.delete(times('2026-01-01T04:00Z')[0]!);
    expect(byTime.get(times('2026-01-01T03:59:30Z')[0]!)).toBe(2);
    byTime.delete(times('2026-01-01T03:59:30Z')[0]!);
    expect(new Set(byTime.values())).toEqual(new Set([1]));
  });

  it('runs a daily time no second time on its day, and on all days to come', () => {
    const bench = new TickerBench('2026-01-01T03:59:00Z');
    bench.add('0 0 4 * * *');
    bench.clock.pass(hour);
    bench.setForward(-2 * hour);
    bench.clock.pass(26 * hour);
    expect(bench.told).toEqual(times('2026-01-01T04:00Z', '2026-01-02T04:00Z'));
  });

  it('by more than a day was wrong before: what ran by it does not count', () => {
    const bench = new TickerBench('2031-01-01T03:59:00Z');
    bench.add('0 0 4 1 1 *');
    bench.clock.pass(minute + 1000);
    bench.setForward(Date.parse('2026-12-31T12:00:00Z') - bench.wallTime());
    bench.clock.pass(24 * hour);
    expect(bench.told).toEqual(times('2031-01-01T04:00Z', '2027-01-01T04:00Z'));
  });

  it('after it was set forward gives back the times that were missed by that', () => {
    const bench = new TickerBench('2026-01-01T03:00:00Z');
    bench.add('0 0 4 * * *');
    bench.setForward(6 * hour);
    bench.clock.pass(minute);
    expect(bench.missed.length).toBe(1);
    bench.setForward(-6 * hour);
    bench.clock.pass(2 * hour);
    expect(bench.told).toEqual(times('2026-01-01T04:00Z'));
  });

  it('before a cron has run at all is gone by at once', () => {
    const bench = new TickerBench('2026-01-01T12:00:00Z');
    bench.add('0 0 * * * *');
    bench.setForward(-5 * hour);
    bench.clock.pass(hour + minute);
    expect(bench.told).toEqual(times('2026-01-01T08:00Z'));
  });
});
