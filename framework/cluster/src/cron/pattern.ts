import { reasonOf } from '@pomelo-ts/common';
import { parse } from 'node-cron';
import { type DayFields, daysOfMonth } from './days.js';
import { nextWallTime, type TimesOfDays } from './wall-time.js';

/** What a cron time says, read once. */
export interface CronPattern extends TimesOfDays {
  /**
   * Whether it comes whenever the wall clock shows it. It does when its hour is any, or has a step, and more than one is left; a pattern
   * that names its hours comes once for each day and time.
   */
  readonly interval: boolean;
}

const never = 'no month that it names has such a day';

/**
 * Reads a cron time: node-cron's own syntax, and nothing that never comes. Who checks a time and who keeps it both read it by this.
 *
 * @throws Error that says what cannot be read, or that it never comes
 * @example parseCronTime('0 30 4 * * mon-fri').hours; // [4]
 */
export function parseCronTime(time: string): CronPattern {
  const fields = fieldsOf(time);
  const hours = ascending(fields.hour);
  const pattern: CronPattern = {
    seconds: ascending(fields.second),
    minutes: ascending(fields.minute),
    hours,
    daysIn: daysFinder({
      daysOfMonth: fields.dayOfMonth,
      months: fields.month,
      daysOfWeek: fields.dayOfWeek,
    }),
    interval: isInterval(time, hours),
  };
  if (nextWallTime(pattern, 0) === undefined) throw new Error(never);
  return pattern;
}

/** Whether a time can be read, but has no day in any year, such as the 30th of February. */
export function neverComes(time: string): boolean {
  try {
    parseCronTime(time);
    return false;
  } catch (error) {
    return reasonOf(error) === never;
  }
}

function fieldsOf(time: string): ReturnType<typeof parse> {
  try {
    return parse(time);
  } catch (error) {
    // It finds some of those that never come.
    throw /impossible day/.test(reasonOf(error)) ? new Error(never) : error;
  }
}

function isInterval(time: string, hours: readonly number[]): boolean {
  const field = time.trim().split(/\s+/).at(-4) ?? ''; // with and without seconds; a name such as @hourly has no fields
  return hours.length === 24 || (hours.length > 1 && /[*/]/.test(field));
}

/** Finds the days of a month; a cron asks for the same month over and over. */
function daysFinder(fields: DayFields): TimesOfDays['daysIn'] {
  let [known, days] = [Number.NaN, [] as readonly number[]];
  return (month) => {
    if (month !== known) [known, days] = [month, daysOfMonth(fields, month)];
    return days;
  };
}

function ascending(numbers: readonly number[]): number[] {
  return [...new Set(numbers)].sort((a, b) => a - b);
}
