import { reasonOf } from '@pomelo-ts/common';
import { problemOfName } from '@pomelo-ts/common/internal';
import type { z } from 'zod';
import * as zod from 'zod';
import { cronAction, cronExpected, isTimezone, problemOfCronTime } from '../cron/entry-problems.js';
import { lateness } from '../cron/lateness.js';
import { neverComes, parseCronTime } from '../cron/pattern.js';
import { hasNumberedMonth } from '../pomelo-cron.js';
import { flag, integer, oneOf, section, text } from './fields.js';

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
  id: text(cronExpected.id)
    .refine((id) => problemOfName(id) === undefined, { error: 'a text of 1 to 256 whole characters' })
    .describe('Names the cron; each id once.'),
  time: text(cronExpected.time)
    .superRefine((time, context) => {
      const problem = cronTimeProblem(time);
      if (problem) context.addIssue({ code: 'custom', message: problem });
    })
    .describe(
      'When it runs: second, minute, hour, day, month (1-12), weekday (0-7, Sunday is 0 and 7); `*`, lists, ranges, `*/step`, and names of months and days.',
    ),
  action: text()
    .regex(cronAction, { error: cronExpected.action })
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
    .refine(isTimezone, { error: cronExpected.timezone })
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
