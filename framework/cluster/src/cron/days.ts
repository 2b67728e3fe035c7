/** The fields of a cron time that choose days, as node-cron's parser gives them: numbers, and texts with `L`, `W` and `#`. */
export interface DayFields {
  readonly daysOfMonth: readonly (number | string)[];
  readonly months: readonly number[];
  /** Sunday is 0. */
  readonly daysOfWeek: readonly (number | string)[];
}

/** The day of the week of a day of the month in question, Sunday is 0. */
type Weekday = (day: number) => number;

/** The days of a month that all fields have, ascending; the month is the time at which it begins to a clock of UTC, in ms since 1970. */
export function daysOfMonth(fields: DayFields, month: number): number[] {
  const begin = new Date(month);
  if (!fields.months.includes(begin.getUTCMonth() + 1)) return [];
  const last = new Date(Date.UTC(begin.getUTCFullYear(), begin.getUTCMonth() + 1, 0)).getUTCDate();
  const first = begin.getUTCDay();
  const weekday: Weekday = (day) => (first + day - 1) % 7;
  const days = new Set(fields.daysOfMonth.map((field) => dayOf(field, last, weekday)));
  return Array.from({ length: last }, (_, index) => index + 1).filter(
    (day) => days.has(day) && fields.daysOfWeek.some((field) => isDayOfWeek(day, field, last, weekday)),
  );
}

/** The day of a month that a field means; one that the month does not have when there is none. */
function dayOf(field: number | string, last: number, weekday: Weekday): number {
  if (typeof field === 'number') return field;
  const [, fromLast] = /^L-(\d+)$/.exec(field) ?? [];
  if (fromLast !== undefined) return last - Number(fromLast);
  const day = field.startsWith('L') ? last : Number.parseInt(field, 10);
  return field.endsWith('W') && day <= last ? nearestWorkday(day, last, weekday) : day;
}

/** The day from Monday to Friday that is nearest to a day, in the same month. */
function nearestWorkday(day: number, last: number, weekday: Weekday): number {
  if (weekday(day) === 6) return day === 1 ? 3 : day - 1;
  if (weekday(day) === 0) return day === last ? day - 2 : day + 1;
  return day;
}

/** `5` is any Friday, `5L` the last of the month, `5#2` the second. */
function isDayOfWeek(day: number, field: number | string, last: number, weekday: Weekday): boolean {
  if (typeof field === 'number') return weekday(day) === field;
  if (weekday(day) !== Number.parseInt(field, 10)) return false;
  const [, nth] = /#(\d)$/.exec(field) ?? [];
  return nth === undefined ? day + 7 > last : Math.ceil(day / 7) === Number(nth);
}
