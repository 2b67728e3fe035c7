import type { z } from 'zod';
import { duration, port, section, text } from './fields.js';

/** The schema of `master.json`. */
export const masterSchema = section({
  id: text().default('master').describe('Name of the master in messages.'),
  host: text('a host name or address')
    .default('127.0.0.1')
    .describe('Where the master listens and servers find it.'),
  port: port().default(3005).describe('The master’s port.'),
  startTimeout: duration()
    .prefault('30s')
    .describe('How long one server may take from its start to `ready`.'),
  stopTimeout: duration()
    .prefault('10s')
    .describe('How long one server may take to stop before it is killed.'),
  heartbeat: duration().prefault('1s').describe('Pace of heartbeats on links, both ways.'),
  heartbeatTimeout: duration()
    .prefault('3s')
    .describe('Silence after which a link is taken for dead; at least twice `heartbeat`.'),
})
  .superRefine(({ heartbeat, heartbeatTimeout }, context) => {
    if (heartbeatTimeout >= 2 * heartbeat) return;
    context.addIssue({
      code: 'custom',
      path: ['heartbeatTimeout'],
      message: `at least twice heartbeat, ${(2 * heartbeat) / 1000}s`,
    });
  })
  .transform(({ startTimeout, stopTimeout, heartbeat, heartbeatTimeout, ...rest }) => ({
    ...rest,
    startTimeoutMs: startTimeout,
    stopTimeoutMs: stopTimeout,
    heartbeatMs: heartbeat,
    heartbeatTimeoutMs: heartbeatTimeout,
  }));

export type MasterOutput = z.output<typeof masterSchema>;
