import { createTask } from 'node-cron';
import { describe, expect, it } from 'vitest';
import { nextCronTime } from '../../src/cron/next-time.js';
import { neverComes, parseCronTime } from '../../src/cron/pattern.js';
import { Zone } from '../../src/cron/zone.js';

const utc = new Zone('UTC');

describe('a cron time', () => {
  it.each([
    ['0 0 12 * * *'],
    ['0 0 0 L * *'],
    ['0 0 0 L-3 * *'],
    ['0 0 0 LW * *'],
    ['0 0 0 1W * *'],
    ['0 0 0 15W,31W * *'],
    ['0 0 0 * * 5L'],
    ['0 0 0 * * 7#1,sat#5'],
    ['0 0 0 ? feb-apr fri-mon'],
    ['0 0 22-2 10-20/3 */2 7'],
    ['0 0 0 13 * Friday'],
    ['0 0 0 30-2 nov-feb 0-7/2'],
    ['0 0 12 L,1,15 March,dec ?'],
    ['30 8 * * mon'],
    ['@monthly'],
    ['@weekly'],
    ['@hourly'],
  ])('%s chooses the days and hours that node-cron chooses', (time) => {
    const pattern = parseCronTime(time);
    const theirs = createTask(time, () => {}, { timezone: 'UTC' });
    const [from, to] = [Date.UTC(2027, 11, 1), Date.UTC(2028, 3, 1)];
    const due = new Set<number>();
    for (
      let next = nextCronTime(pattern, utc, from - 1);
      next! < to;
      next = nextCronTime(pattern, utc, next!)
    )
      due.add(next!);
    for (let at = from; at < to; at += 1_800_000)
      if (theirs.match(new Date(at)) !== due.has(at))
        expect.unreachable(`${new Date(at).toISOString()}: ${due.has(at)}`);
    void theirs.destroy();
  });

  it.each([
    ['* * * * * *', true],
    ['0 30 */2 * * *', true],
    ['0 30 1-23/2 * * *', true],
    ['0 0 0-23 * * *', true],
    ['0 0 */12,3 * * *', true],
    ['30 * * * *', true],
    ['@hourly', true],
    ['*/5 * 2 * * *', false],
    ['0 0 0,12 * * *', false],
    ['0 0 9-17 * * *', false],
    ['0 0 22-5 * * *', false],
    ['0 0 */24 * * *', false],
    ['0 0 23/5 * * *', undefined],
    ['@daily', false],
  ])('%s is an interval: %s', (time, interval) => {
    if (interval === undefined) expect(() => parseCronTime(time)).toThrow('invalid expression for hour');
    else expect(parseCronTime(time).interval).toBe(interval);
  });

  it('never comes when no year has its day, and what cannot be read is another matter', () => {
    expect(neverComes('0 0 4 30 feb *')).toBe(true);
    expect(neverComes('0 0 4 29 feb *')).toBe(false);
    expect(neverComes('whenever')).toBe(false);
  });
});

describe('a zone', () => {
  it('that has lost a day has a daily time of that day once, as the next day begins', () => {
    const samoa = new Zone('Pacific/Apia');
    const pattern = parseCronTime('0 0 4 * * *');
    const times: string[] = [];
    for (let next = Date.UTC(2011, 11, 28, 12); times.length < 4; ) {
      next = nextCronTime(pattern, samoa, next)!;
      times.push(new Date(next).toISOString());
    }
    expect(times).toEqual([
      '2011-12-28T14:00:00.000Z',
      '2011-12-29T14:00:00.000Z',
      '2011-12-30T10:00:00.000Z',
      '2011-12-30T14:00:00.000Z',
    ]);
  });

  it('answers for any time, in whichever order it is asked', () => {
    const asked = new Zone('America/New_York');
    const times = Array.from({ length: 60 }, (_, index) =>
      Date.UTC(2000 + ((index * 37) % 60), index % 12, 9),
    );
    for (const time of times) {
      const fresh = new Zone('America/New_York');
      expect(asked.spanAt(time).offset).toBe(fresh.offsetAt(time));
      expect(asked.lasts(asked.spanAt(time), time + 86_400_000)).toBe(
        fresh.lasts(fresh.spanAt(time), time + 86_400_000),
      );
    }
  });
});
