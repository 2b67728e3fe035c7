import { problemOfName, shown } from '@pomelo-ts/common/internal';
import { lateness } from './lateness.js';

/** What each field of a cron has to be: the words of `config check` and of `app.crons.add`. */
export const cronExpected = {
  id: 'a text that names it',
  time: 'six fields (second minute hour day month weekday), such as "0 30 4 * * *"',
  action: 'file.method, such as "chatCron.sweep"',
  serverId: 'the id of a server',
  once: '"cluster"',
  timezone: 'a time zone, such as "Asia/Shanghai" or "UTC"',
  overlap: 'true or false',
  lateMs: `a whole number from ${lateness.minMs} to ${lateness.maxMs}`,
} as const;

type Field = keyof typeof cronExpected;

/** What `action` looks like. */
export const cronAction = /^[\w$-]+\.[\w$]+$/;

/** Lowest and highest number of each of the six fields of a cron time, in their order. */
const fields = [
  ['second', 0, 59],
  ['minute', 0, 59],
  ['hour', 0, 23],
  ['day of the month', 1, 31],
  ['month', 1, 12],
  ['day of the week', 0, 7],
] as const;

/**
 * What is wrong with a cron time, as far as its fields and numbers go; undefined when nothing is. Also names the two places
 * where pomelo's own scheduler reads a time otherwise than cron does.
 */
export function problemOfCronTime(time: string): string | undefined {
  const parts = time.trim().split(/\s+/);
  if (parts.length !== fields.length) return `${cronExpected.time}; it has ${parts.length}`;
  for (const [index, part] of parts.entries()) {
    const [name, min, max] = fields[index]!;
    if (/^\d+\/\d+$/.test(part)) {
      const [from, step] = part.split('/');
      return `the ${name} as ${from}-${max}/${step} or */${step}: ${part} means other things to pomelo and to pinus`;
    }
    const numbers = [...part.matchAll(/\d+/g)].map(Number);
    if (numbers.some((number) => number < min || number > max))
      return `the ${name} from ${min} to ${max}${index === 4 ? ' (pomelo counted months from 0)' : ''}`;
  }
  return undefined;
}

export function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

const checks: Readonly<Record<Field, (value: unknown) => boolean>> = {
  id: (value) => problemOfName(value) === undefined,
  time: (value) => typeof value === 'string',
  action: (value) => typeof value === 'string' && cronAction.test(value),
  serverId: (value) => value === undefined || problemOfName(value) === undefined,
  once: (value) => value === undefined || value === 'cluster',
  timezone: (value) => value === undefined || (typeof value === 'string' && isTimezone(value)),
  overlap: (value) => value === undefined || typeof value === 'boolean',
  lateMs: (value) =>
    value === undefined ||
    (Number.isInteger(value) && Number(value) >= lateness.minMs && Number(value) <= lateness.maxMs),
};

/** What is wrong with a cron that code has made, as far as it can be told without reading its time; undefined when nothing is. */
export function problemOfCron(cron: unknown): string | undefined {
  if (typeof cron !== 'object' || cron === null) return `expected an object, got ${shown(cron)}`;
  const values = cron as Readonly<Record<string, unknown>>;
  const unknown = Object.keys(values).find((name) => !Object.hasOwn(cronExpected, name));
  if (unknown !== undefined)
    return `${shown(unknown)} is no field of a cron: expected ${Object.keys(cronExpected).join(', ')}`;
  for (const [field, fits] of Object.entries(checks) as [Field, (value: unknown) => boolean][]) {
    const value = values[field];
    if (!fits(value)) return `expected ${field} as ${cronExpected[field]}, got ${told(value)}`;
  }
  const time = problemOfCronTime(String(values['time']));
  if (time) return `expected time as ${time}`;
  if (values['once'] !== undefined && values['serverId'] !== undefined)
    return `expected once or serverId, not both: ${String(values['serverId'])} alone runs it`;
  return undefined;
}

const told = (value: unknown): string =>
  typeof value === 'string' ? JSON.stringify(value.slice(0, 100)) : shown(value);
