import { beforeAll, describe, expect, it } from 'vitest';
import { nextCronTime } from '../../src/cron/next-time.js';
import { parseCronTime } from '../../src/cron/pattern.js';
import { Zone } from '../../src/cron/zone.js';
import { dayMs, hourMs, minuteMs, type Shown, type Stretch, WallClock } from './clock-walk.js';

/** Zones that change at 1:00 UTC, at 2:00, at 3:00 and at midnight of their own, by two hours, one, and half of one, and never. */
const zones = [
  ...['Europe/Berlin', 'Europe/London', 'Europe/Dublin', 'Europe/Chisinau', 'Europe/Istanbul'],
  ...['America/New_York', 'America/Los_Angeles', 'America/St_Johns', 'America/Havana', 'America/Santiago'],
  ...['America/Sao_Paulo', 'America/Asuncion', 'America/Nuuk', 'America/Scoresbysund', 'Atlantic/Azores'],
  ...['Africa/Cairo', 'Africa/Casablanca', 'Asia/Beirut', 'Asia/Gaza', 'Asia/Jerusalem', 'Asia/Tehran'],
  ...['Asia/Amman', 'Asia/Kolkata', 'Asia/Shanghai', 'Australia/Lord_Howe', 'Australia/Adelaide'],
  ...['Pacific/Auckland', 'Pacific/Chatham', 'Pacific/Norfolk', 'Pacific/Apia', 'Antarctica/Troll', 'UTC'],
];
/** Ten years, in which Brazil, Iran, Jordan and Samoa still changed their clocks, and Egypt does again. */
const [begin, end] = [Date.UTC(2017, 0, 1), Date.UTC(2027, 0, 1)];
/** The days of which all is known, in whichever zone. */
const [first, last] = [begin + dayMs, end - 2 * dayMs];

/** A cron time, and what it means said anew: whether a wall clock that shows this time is one of its times. */
interface Case {
  readonly time: string;
  matches(wall: Date): boolean;
}

const hour = (wall: Date): number => wall.getUTCHours();
const minute = (wall: Date): number => wall.getUTCMinutes();
const day = (wall: Date): number => wall.getUTCDate();
const month = (wall: Date): number => wall.getUTCMonth() + 1;
const weekday = (wall: Date): number => wall.getUTCDay();
const isLastDay = (wall: Date): boolean => new Date(wall.getTime() + dayMs).getUTCDate() === 1;
const at = (wall: Date, h: number, m: number): boolean => hour(wall) === h && minute(wall) === m;

const intervals: Case[] = [
  { time: '0 * * * * *', matches: () => true },
  { time: '0 */7 * * * *', matches: (w) => minute(w) % 7 === 0 },
  { time: '0 30 * * * *', matches: (w) => minute(w) === 30 },
  { time: '0 0,20 0-23 * * *', matches: (w) => [0, 20].includes(minute(w)) },
  { time: '0 0 */2 * * *', matches: (w) => minute(w) === 0 && hour(w) % 2 === 0 },
  { time: '0 15 1-23/3 * * *', matches: (w) => minute(w) === 15 && hour(w) % 3 === 1 },
  { time: '0 */10 * * * sun', matches: (w) => minute(w) % 10 === 0 && weekday(w) === 0 },
  { time: '0 5 * L * *', matches: (w) => minute(w) === 5 && isLastDay(w) },
];

const named: Case[] = [
  { time: '0 30 2 * * *', matches: (w) => at(w, 2, 30) },
  { time: '0 45 1 * * sun', matches: (w) => at(w, 1, 45) && weekday(w) === 0 },
  {
    time: '0 30 0 * * fri#4',
    matches: (w) => at(w, 0, 30) && weekday(w) === 5 && Math.ceil(day(w) / 7) === 4,
  },
  { time: '0 30 2 L * *', matches: (w) => at(w, 2, 30) && isLastDay(w) },
  { time: '0 15 2 1 * *', matches: (w) => at(w, 2, 15) && day(w) === 1 },
  {
    time: '0 20 0,2 25-31 mar,oct 0',
    matches: (w) =>
      (at(w, 0, 20) || at(w, 2, 20)) && day(w) >= 25 && [3, 10].includes(month(w)) && weekday(w) === 0,
  },
];

/** More of them, and such as are due many times in a day: looked at around changes alone. */
const more: Case[] = [
  { time: '0 0 0 * * *', matches: (w) => at(w, 0, 0) },
  { time: '0 0 0,12 * * *', matches: (w) => at(w, 0, 0) || at(w, 12, 0) },
  {
    time: '0 10 1-3 * * mon-fri',
    matches: (w) => [1, 2, 3].includes(hour(w)) && minute(w) === 10 && weekday(w) % 6 > 0,
  },
  { time: '0 30 1 * * *', matches: (w) => at(w, 1, 30) },
  { time: '0 0 3 * * *', matches: (w) => at(w, 3, 0) },
  { time: '0 59 23 * * *', matches: (w) => at(w, 23, 59) },
  { time: '0 0 */24 * * *', matches: (w) => at(w, 0, 0) },
  { time: '0 */15 2 * * *', matches: (w) => hour(w) === 2 && minute(w) % 15 === 0 },
  { time: '0 * 0,1,2,3 * * *', matches: (w) => hour(w) < 4 },
  { time: '0 50 22-1 * * *', matches: (w) => minute(w) === 50 && [22, 23, 0, 1].includes(hour(w)) },
];

const seconds: Case[] = [
  { time: '*/2 * * * * *', matches: (w) => w.getUTCSeconds() % 2 === 0 },
  { time: '59,0 * */1 * * *', matches: (w) => [0, 59].includes(w.getUTCSeconds()) },
];

const patterns = new Map(
  [...intervals, ...named, ...more, ...seconds].map(({ time }) => [time, parseCronTime(time)]),
);

/** All times from one to another that the code under test gives. */
function given(time: string, zone: Zone, from: number, to: number): number[] {
  const pattern = patterns.get(time)!;
  const times: number[] = [];
  for (let next = nextCronTime(pattern, zone, from - 1); next !== undefined && next <= to; ) {
    times.push(next);
    next = nextCronTime(pattern, zone, next);
  }
  return times;
}

/** When it is due by what was walked: for an interval each time that the clock shows it. */
function intervalDues(shown: readonly Shown[], matches: Case['matches']): number[] {
  return shown.filter(({ wall }) => matches(new Date(wall))).map(({ at }) => at);
}

/** For named hours the first time that the clock shows it, and if it never does, the first at which it shows something later. */
function namedDues(shown: readonly Shown[], matches: Case['matches'], stepMs = minuteMs): number[] {
  const firstShown = new Map<number, number>();
  for (const { at, wall } of shown) if (!firstShown.has(wall)) firstShown.set(wall, at);
  const dues = new Set<number>();
  const wanted = new Date();
  for (let wall = shown[0]!.wall; wall <= shown.at(-1)!.wall; wall += stepMs) {
    wanted.setTime(wall);
    if (!matches(wanted)) continue;
    dues.add(firstShown.get(wall) ?? shown.find((one) => one.wall > wall)!.at);
  }
  return [...dues];
}

/** The same for named hours over all the years: each minute of each day that has one is looked for in the stretches. */
function namedDuesOfYears(stretches: readonly Stretch[], { matches, time }: Case): number[] {
  const minutes = minutesOf(time);
  const dues = new Set<number>();
  for (let midnight = first; midnight < last + dayMs; midnight += dayMs) {
    for (const one of minutes) {
      const wall = midnight + one * minuteMs;
      if (!matches(new Date(wall))) continue;
      const shows = stretches.find(({ from, to, offset }) => wall - offset >= from && wall - offset < to);
      const later = stretches.find(({ from, offset }) => from + offset > wall);
      if (shows) dues.add(wall - shows.offset);
      else if (later) dues.add(later.from);
    }
  }
  return [...dues].filter((due) => due >= first + dayMs && due < last);
}

/** The minutes of a day that are worth a look, so that not all of ten years have to be. */
function minutesOf(time: string): number[] {
  const [, minute = '', hours = ''] = time.split(' ');
  const all = Array.from({ length: 24 }, (_, i) => i);
  const range = /^(\d+)-(\d+)$/.exec(hours);
  const named = range
    ? all.filter((one) => one >= Number(range[1]) && one <= Number(range[2]))
    : hours.split(',').map((one) => Number.parseInt(one.replace('*/24', '0'), 10));
  return named.map((one) => one * 60 + Number(minute));
}

describe('when a cron is due, over ten years of 32 zones', () => {
  const walked = new Map<string, { clock: WallClock; stretches: Stretch[] }>();
  beforeAll(() => {
    for (const name of zones) {
      const clock = new WallClock(name);
      walked.set(name, { clock, stretches: clock.stretches(begin, end) });
    }
  }, 60_000);
  const each = (
    look: (zone: Zone, clock: WallClock, stretches: readonly Stretch[], name: string) => void,
  ): void => {
    for (const [name, { clock, stretches }] of walked) look(new Zone(name), clock, stretches, name);
  };
  const changes = (stretches: readonly Stretch[]): number[] => stretches.slice(1).map(({ from }) => from);

  it('walks many changes: of an hour, of half an hour, of two, of midnight', () => {
    const all = [...walked.values()].flatMap(({ stretches }) =>
      stretches.slice(1).map(({ offset }, index) => offset - stretches[index]!.offset),
    );
    expect(all.length).toBeGreaterThan(400);
    expect(new Set(all.map((one) => Math.abs(one) / minuteMs))).toEqual(new Set([30, 60, 120]));
  });

  it('a named time is due once on each of its days: at the first of two, and if there is none, at the next instant', () => {
    each((zone, _clock, stretches, name) => {
      for (const one of named) {
        const expected = namedDuesOfYears(stretches, one);
        const times = given(one.time, zone, first + dayMs, last - 1);
        const differs = expected.findIndex((due, index) => due !== times[index]);
        expect([name, one.time, differs < 0 ? [] : [expected[differs], times[differs]]]).toEqual([
          name,
          one.time,
          [],
        ]);
        expect(times.length).toBe(expected.length);
      }
    });
  }, 60_000);

  it('around each change an interval is due whenever the clock shows it, and a named time once', () => {
    each((zone, clock, stretches) => {
      for (const change of changes(stretches)) {
        const [from, to] = [change - 2 * hourMs, change + 3 * hourMs];
        const shown = clock.walk(from, to);
        for (const { time, matches } of intervals)
          expect([time, ...given(time, zone, from, to)]).toEqual([time, ...intervalDues(shown, matches)]);
        for (const { time, matches } of [...named, ...more])
          expect([time, ...given(time, zone, from, to)]).toEqual([time, ...namedDues(shown, matches)]);
      }
    });
  }, 60_000);

  it('seconds go on through each change, and through all of an hour that comes twice', () => {
    each((zone, clock, stretches) => {
      for (const change of changes(stretches)) {
        const [from, to] = [change - 20_000, change + 20_000];
        const shown = clock.walk(from, to, 1000);
        for (const { time, matches } of seconds)
          expect([time, ...given(time, zone, from, to)]).toEqual([time, ...intervalDues(shown, matches)]);
      }
    });
    const change = Date.UTC(2026, 9, 25, 1);
    const times = given('*/2 * * * * *', new Zone('Europe/Berlin'), change - hourMs, change + hourMs);
    expect(times.length).toBe(3601);
  }, 60_000);

  it('away from changes an interval is due as on any day, wherever one begins to look', () => {
    each((zone, _clock, stretches) => {
      for (const { from, to, offset } of stretches) {
        for (let after = from + hourMs; after < to - 2 * dayMs; after += 61 * dayMs + 12_345_678) {
          for (const { time, matches } of intervals.slice(0, 6)) {
            let expected = Math.floor((after + offset) / minuteMs + 1) * minuteMs;
            while (!matches(new Date(expected))) expected += minuteMs;
            expect([time, nextCronTime(patterns.get(time)!, zone, after)]).toEqual([time, expected - offset]);
          }
        }
      }
    });
  }, 60_000);

  it('around a change it is the same wherever one begins to look', () => {
    each((zone, _clock, stretches, name) => {
      for (const change of changes(stretches).slice(-2)) {
        for (const { time } of [...intervals, ...named, ...more]) {
          const times = given(time, zone, change - 3 * hourMs, change + 30 * hourMs);
          for (const after of [-61, -1, 0, 29, 61].map((one) => change + one * minuteMs)) {
            const next = times.find((one) => one > after);
            if (next)
              expect([time, nextCronTime(patterns.get(time)!, new Zone(name), after)]).toEqual([time, next]);
          }
        }
      }
    });
  }, 60_000);
});
