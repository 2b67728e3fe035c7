/**
 * A time as a wall clock shows it: the milliseconds since 1970 at which a clock of UTC would show the same. Nothing here knows of zones.
 */
export type WallTime = number;

/** What a cron time says, read once: the numbers ascend. */
export interface TimesOfDays {
  readonly seconds: readonly number[];
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  /** The days that it has in the month that begins at this time. */
  daysIn(month: WallTime): readonly number[];
}

/** After so many months the calendar begins anew: what has not come by then never does. */
const monthsUntilRepeat = 400 * 12;
const dayMs = 86_400_000;

/** The first time of a pattern from `from` on, which may be the same; undefined when there is none in any year. */
export function nextWallTime(pattern: TimesOfDays, from: WallTime): WallTime | undefined {
  const today = Math.floor(from / dayMs) * dayMs;
  const first = new Date(today);
  for (let passed = 0; passed <= monthsUntilRepeat; passed++) {
    const month = Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + passed);
    for (const day of pattern.daysIn(month)) {
      const midnight = month + (day - 1) * dayMs;
      if (midnight < today) continue;
      const second = firstOfDay(pattern, midnight === today ? (from - today) / 1000 : 0);
      if (second !== undefined) return midnight + second * 1000;
    }
  }
  return undefined;
}

/** The first time of a pattern in a day, from a second of it on, in seconds from midnight. */
function firstOfDay({ seconds, minutes, hours }: TimesOfDays, from: number): number | undefined {
  for (const hour of hours) {
    if (hour * 3600 + 3599 < from) continue;
    for (const minute of minutes) {
      const begin = hour * 3600 + minute * 60;
      if (begin + 59 < from) continue;
      for (const second of seconds) if (begin + second >= from) return begin + second;
    }
  }
  return undefined;
}
