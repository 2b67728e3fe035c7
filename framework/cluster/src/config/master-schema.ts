import { z } from 'zod';
import { bytes, duration, integer, port, section, text } from './fields.js';
import { hostsSchema, sshSchema } from './hosts-schema.js';
import { overSsh, readSshParams } from './ssh-params.js';

const log = section({
  maxSize: bytes()
    .prefault('10MiB')
    .describe('Size at which the log of a server is put aside and begun anew.'),
  keep: integer(1, 1000).default(5).describe('Logs put aside that are kept for each server.'),
}).transform(({ maxSize, keep }) => ({ maxBytes: maxSize, keep }));

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
  log: log
    .prefault({})
    .describe('Files that servers write to outside development: `logs/<id>.log` on their hosts.'),
  ssh: sshSchema.prefault({}).describe('How hosts that are not this machine are reached.'),
  ssh_config_params: z
    .array(text('a parameter of ssh'), { error: 'a list of parameters of ssh, such as ["-p 59622"]' })
    .prefault([])
    .transform((params, context) => {
      const { choice, bad } = readSshParams(params);
      for (const { param, expected } of bad)
        context.addIssue({ code: 'custom', message: `${expected} in place of ${param}` });
      return choice;
    })
    .describe('As pomelo had it: parameters of `ssh`, such as `["-p 59622"]`; over what `ssh` says.'),
  hosts: hostsSchema
    .prefault({})
    .describe('What is different about single hosts, by their names in servers.json.'),
})
  .superRefine(({ heartbeat, heartbeatTimeout }, context) => {
    if (heartbeatTimeout >= 2 * heartbeat) return;
    context.addIssue({
      code: 'custom',
      path: ['heartbeatTimeout'],
      message: `at least twice heartbeat, ${(2 * heartbeat) / 1000}s`,
    });
  })
  .transform(
    ({ startTimeout, stopTimeout, heartbeat, heartbeatTimeout, ssh, ssh_config_params, ...rest }) => ({
      ...rest,
      ssh: overSsh(ssh, ssh_config_params),
      startTimeoutMs: startTimeout,
      stopTimeoutMs: stopTimeout,
      heartbeatMs: heartbeat,
      heartbeatTimeoutMs: heartbeatTimeout,
    }),
  );

export type MasterOutput = z.output<typeof masterSchema>;
