import { hostPort } from '@pomelo-ts/common/internal';
import * as z from 'zod';
import { adminSection } from './admin-section.js';
import { alertsSection } from './alerts-section.js';
import { auditSection } from './audit-section.js';
import { atLeastTwice, bytes, duration, integer, listOf, port, section, text } from './fields.js';
import { hostField, listenField } from './host-field.js';
import { hostsSchema, sshSchema } from './hosts-schema.js';
import { overSsh, readSshParams } from './ssh-params.js';
import { storeSection } from './store-section.js';

const log = section({
  maxSize: bytes()
    .prefault('10MiB')
    .describe('Size at which the log of a server or of the master is put aside and begun anew.'),
  keep: integer(1, 1000).default(5).describe('Logs put aside that are kept for each.'),
  rate: bytes()
    .prefault('256KiB')
    .describe(
      'Bytes a second that a server or master may log; for a moment four times as many. What is more is left out and counted.',
    ),
}).transform(({ maxSize, keep, rate }) => ({ maxBytes: maxSize, keep, bytesPerSecond: rate }));

const address = section({
  host: hostField(),
  port: port().default(3005),
});

const restart = section({
  minBackOff: duration()
    .prefault('1s')
    .describe(
      'Wait before the first restart after a crash; each next one is twice as long. Half of it is random.',
    ),
  maxBackOff: duration().prefault('30s').describe('Longest such wait.'),
  limit: integer(1, 1000)
    .default(10)
    .describe('With so many crashes within `within` a server is `failed` and not started again by itself.'),
  within: duration().prefault('5m').describe('The time within which crashes count.'),
})
  .superRefine(({ minBackOff, maxBackOff }, context) => {
    if (maxBackOff >= minBackOff) return;
    context.addIssue({
      code: 'custom',
      path: ['maxBackOff'],
      message: `at least minBackOff, ${minBackOff / 1000}s`,
    });
  })
  .transform(({ minBackOff, maxBackOff, within, limit }) => ({
    minBackOffMs: minBackOff,
    maxBackOffMs: maxBackOff,
    limit,
    withinMs: within,
  }));

/** The schema of `master.json`. */
export const masterSchema = section({
  id: text().default('master').describe('Name of the master in messages.'),
  host: hostField().prefault('127.0.0.1').describe('Where the master listens and servers find it.'),
  port: port().default(3005).describe('The master’s port.'),
  opsPort: port()
    .optional()
    .describe(
      'Port for `/metrics` and `/health` of the whole cluster, by HTTP and without a password; without it there are none.',
    ),
  opsListen: listenField()
    .prefault('127.0.0.1')
    .describe('Address that `opsPort` is listened at; whoever reaches it may read.'),
  metricsTokenFile: text('a file')
    .optional()
    .describe(
      'File, mode 0600, with a token that whoever reads `/metrics` of `opsPort` must bring: `authorization: Bearer …`. It is read when the port is opened. Without it nobody needs one.',
    ),
  admin: adminSection
    .optional()
    .describe('The page and the API for operators and other programs; without it there are none.'),
  alerts: alertsSection
    .optional()
    .describe('Whom the master tells by itself what is wrong, for teams without a Prometheus.'),
  audit: auditSection
    .optional()
    .describe('Where records of the audit log are sent, beside its files on the host of the master.'),
  allowEval: z
    .boolean({ error: 'true or false' })
    .optional()
    .describe(
      'Whether admins may have code carried out in servers, by `pomelo-ts eval`. Without a word of it, only in the environment `development`.',
    ),
  masters: listOf(address, 'a list of objects with host and port')
    .optional()
    .describe(
      'Where masters of this cluster may run, instead of `host` and `port`: one leads, the others stand by. Needs a `store` that they share. On a machine that has the addresses of several, the one that `host` and `port` name.',
    ),
  store: storeSection.prefault({}).describe('Where masters keep what they must agree on.'),
  startTimeout: duration()
    .prefault('30s')
    .describe('How long one server may take from its start to `ready`.'),
  stopTimeout: duration()
    .prefault('10s')
    .describe('How long one server may take to stop before it is killed.'),
  heartbeat: duration().prefault('500ms').describe('Pace of heartbeats on links, both ways.'),
  heartbeatTimeout: duration()
    .prefault('2800ms')
    .describe(
      'Silence after which a link is taken for dead, and more where words have come late; at least twice `heartbeat`.',
    ),
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
  restart: restart
    .prefault({})
    .describe('What follows when a server ends by itself that may be started again.'),
})
  .superRefine(atLeastTwice)
  .superRefine(({ masters, store }, context) => {
    const complain = (path: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [path], message });
    if (!masters) return;
    if (masters.length === 0) complain('masters', 'at least one host with its port');
    const names = masters.map(({ host, port }) => hostPort(host, port));
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) complain('masters', `each master once; ${twice} is there twice`);
    if (masters.length > 1 && store.kind === 'memory')
      complain(
        'masters',
        'one master, since store.kind is "memory", which masters cannot share; several need "etcd"',
      );
  })
  .transform(
    ({
      startTimeout,
      stopTimeout,
      heartbeat,
      heartbeatTimeout,
      masters,
      ssh,
      ssh_config_params,
      ...rest
    }) => ({
      ...rest,
      ...(masters?.length === 1 && masters[0]), // instead of host and port
      masters: masters ?? [{ host: rest.host, port: rest.port }],
      ssh: overSsh(ssh, ssh_config_params),
      startTimeoutMs: startTimeout,
      stopTimeoutMs: stopTimeout,
      heartbeatMs: heartbeat,
      heartbeatTimeoutMs: heartbeatTimeout,
    }),
  );

export type MasterOutput = z.output<typeof masterSchema>;
