import { reasonOf } from '@pomelo-ts/common';
import type { z } from 'zod';
import { z as zod } from 'zod';
import { lateness } from '../cron/lateness.js';
import { neverComes, parseCronTime } from '../cron/pattern.js';
import { hasNumberedMonth } from '../pomelo-cron.js';
import { flag, integer, oneOf, section, text } from './fields.js';

/** Lowest and highest number of each of the six fields of a cron time, in their order. */
const fields = [
  ['second', 0, 59],
  ['minute', 0, 59],
  ['hour', 0, 23],
  ['day of the month', 1, 31],
  ['month', 1, 12],
  ['day of the week', 0, 7],
] as const;

const expected = 'six fields (second minute hour day month weekday), such as "0 30 4 * * *"';

/**
 * What is wrong with a cron time, as far as its fields and numbers go; undefined when nothing is. Also names the two places
 * where pomelo's own scheduler reads a time otherwise than cron does.
 */
export function problemOfCronTime(time: string): string | undefined {
  const parts = time.trim().split(/\s+/);
  if (parts.length !== fields.length) return `${expected}; it has ${parts.length}`;
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

/** What is wrong with a cron time, by the same reading that a server keeps it by: also that it never comes. Undefined when nothing is. */
export function cronTimeProblem(time: string): string | undefined {
  const problem = problemOfCronTime(time);
  if (problem) return problem;
  try {
    parseCronTime(time);
    return undefined;
  } catch (error) {
    const old = neverComes(time) && hasNumberedMonth({ time }) ? ' (pomelo counted months from 0)' : '';
    return `a time that can be read and that comes: ${reasonOf(error)}${old}`;
  }
}

/** The schema of one entry of `crons.json5`. */
export const cronSchema = section({
  id: text('a text that names it').describe('Names the cron; each id once.'),
  time: text(expected)
    .superRefine((time, context) => {
      const problem = cronTimeProblem(time);
      if (problem) context.addIssue({ code: 'custom', message: problem });
    })
    .describe(
      'When it runs: second, minute, hour, day, month (1-12), weekday (0-7, Sunday is 0 and 7); `*`, lists, ranges, `*/step`, and names of months and days.',
    ),
  action: text()
    .regex(/^[\w$-]+\.[\w$]+$/, { error: 'file.method, such as "chatCron.sweep"' })
    .describe('What it runs: `file.method` of `app/servers/<type>/cron/`.'),
  serverId: text()
    .optional()
    .describe('The one server that runs it; without it every server of the type does.'),
  once: oneOf(['cluster'])
    .optional()
    .describe(
      '`cluster`: of the servers that have it only one runs it, and another takes over when that one goes; see the guide on scheduling.',
    ),
  timezone: text()
    .refine(isTimezone, { error: 'a time zone, such as "Asia/Shanghai" or "UTC"' })
    .optional()
    .describe('Time zone of `time`; without it that of the server’s machine.'),
  overlap: flag()
    .default(false)
    .describe('Whether it starts again while its last run still works; else that run is left out.'),
  lateMs: integer(lateness.minMs, lateness.maxMs)
    .default(lateness.defaultMs)
    .describe(
      'How late a run may begin, in ms, when the process was busy, paused or without its lease, or its clock was set; later it is left out, counted and logged.',
    ),
});

export type CronEntry = z.output<typeof cronSchema>;

/** Crons by server type or server id. */
export const cronsSchema = zod.record(zod.string(), zod.array(cronSchema, { error: 'a list of crons' }), {
  error: 'an object of lists, by server type or server id',
});

function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
