import type { CronEntry } from './config/crons-schema.js';

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'] as const;

/** Lowest and highest number of each field of a pomelo cron, as cron has them; months from 0. */
const ranges = [
  [0, 59],
  [0, 59],
  [0, 23],
  [1, 31],
  [0, 11],
  [0, 6],
] as const;

const monthField = 4;

/** Whether a time numbers its months: `5` is June to pomelo and pinus, and May to everybody else. */
export function hasNumberedMonth({ time }: Pick<CronEntry, 'time'>): boolean {
  return /\d/.test(time.trim().split(/\s+/)[monthField] ?? '');
}

/**
 * A time of pomelo's scheduler in words that mean the same to every cron: months by name, `a/b` written out. Undefined for
 * what no clock ever shows, or is no such time. To pomelo `a/b` is every value whose rest by `b` is `a`; to pinus (`stepped`)
 * `a`, `a + b`, `a + 2b` and so on.
 *
 * @example fromPomeloCron('0 5/15 4 1 5 *'); // '0 5-59/15 4 1 jun *'
 */
export function fromPomeloCron(time: string, stepped = false): string | undefined {
  const fields = time.trim().split(/\s+/);
  if (fields.length !== ranges.length) return undefined;
  const said = fields.map((field, index) => fieldOf(field, index, stepped));
  return said.includes(undefined) ? undefined : said.join(' ');
}

function fieldOf(field: string, index: number, stepped: boolean): string | undefined {
  const [min, max] = ranges[index]!;
  const name = (number: number): string => (index === monthField ? months[number]! : String(number));
  if (field === '*') return field;
  if (/^\d+\/\d+$/.test(field)) {
    const [rest, every] = field.split('/').map(Number) as [number, number];
    const all = Array.from({ length: max - min + 1 }, (_, i) => min + i);
    const numbers = all.filter((n) => (stepped ? n >= rest && (n - rest) % every === 0 : n % every === rest));
    if (numbers.length === 0) return undefined;
    return index === monthField ? numbers.map(name).join(',') : `${numbers[0]}-${max}/${every}`;
  }
  // pomelo has an hour 24, which never comes.
  const parts = field.split(',').filter((part) => !(index === 2 && part === '24'));
  const named = parts.map((part) =>
    /^\d+(-\d+)?$/.test(part)
      ? part
          .split('-')
          .map((n) => (Number(n) > max ? max : Number(n)))
          .map(name)
          .join('-')
      : part,
  );
  return named.length === 0 ? undefined : named.join(',');
}
