import { logLevels } from '@pomelo-ts/common';
import type { z } from 'zod';
import { clientSection } from './client-section.js';
import { atLeastTwice, bytes, duration, integer, oneOf, section, text } from './fields.js';
import { tracingSection } from './tracing-section.js';

/** A frame tells its length in four bytes, and has to fit into one buffer with it. */
const longestFrame = 2 ** 30;

const rpc = section({
  timeout: duration()
    .prefault('10s')
    .describe('How long a call to another server may take before it fails with RPC_TIMEOUT.'),
  heartbeat: duration()
    .prefault('500ms')
    .describe('A server that nothing was sent to for that long is sent a heartbeat.'),
  heartbeatTimeout: duration()
    .prefault('2800ms')
    .describe(
      'A server that was silent for that long, and longer where its words have come late, is given up: its calls fail with PEER_LOST, and it is dialed again; at least twice `heartbeat`.',
    ),
  maxPending: integer(1, 65_535)
    .default(10_000)
    .describe(
      'Calls to one server that may wait for their answer; one more fails with RPC_OVERLOADED. One client has at most an eighth of them, and less the fewer are free; the last sixteenth is for calls of servers.',
    ),
  maxFrameBytes: bytes(longestFrame).prefault('16MiB').describe('Longest frame between two servers.'),
  encryption: oneOf(['auto', 'always', 'never'])
    .default('auto')
    .describe(
      'Which connections for calls are encrypted (TLS 1.3, by a key of the secret): `auto` those between hosts, `always` also those on one host, `never` none: only where nobody else can reach the network. Whoever dials proves the key in any case.',
    ),
  codec: text('"msgpackr", "msgpack-lite" or the name of a module')
    .default('msgpackr')
    .describe(
      'What writes and reads the values of calls: `msgpackr`; `msgpack-lite`, which needs `npm install @pomelo-ts/adapters msgpack-lite`; or a module whose default export makes a codec: the name of a package, or a path from the game’s root that begins with `./`. `app.rpcCodec` goes before it. All write MessagePack, so that servers with different ones can talk.',
    ),
  maxQueueBytes: bytes()
    .prefault('64MiB')
    .describe('Bytes that may wait to be written to one server before calls fail with RPC_OVERLOADED.'),
})
  .superRefine(atLeastTwice)
  .transform(({ timeout, heartbeat, heartbeatTimeout, ...rest }) => ({
    ...rest,
    timeoutMs: timeout,
    heartbeatMs: heartbeat,
    heartbeatTimeoutMs: heartbeatTimeout,
  }));

const session = section({
  perUid: oneOf(['many', 'replace', 'refuse'])
    .default('many')
    .describe(
      'When a uid is bound to a second session: keep both (`many`), kick the older (`replace`), or fail the bind with SESSION_TAKEN (`refuse`).',
    ),
});

const gate = section({
  strategy: oneOf(['hash', 'modulo', 'least'])
    .default('hash')
    .describe(
      'How a gate chooses for a uid: `hash` moves the fewest players when a server comes or goes, `modulo` is pomelo’s crc32 rest, `least` takes the one with the fewest connections.',
    ),
  serverType: text('the type of a frontend')
    .default('connector')
    .describe('The server type that a gate hands out.'),
});

const log = section({
  level: oneOf(logLevels).default('info').describe('Least important level that is written.'),
});

const request = section({
  timeout: duration()
    .prefault('30s')
    .describe('How long a handler may take before its client is answered with REQUEST_TIMEOUT.'),
}).transform(({ timeout }) => ({ timeoutMs: timeout }));

const lifecycle = section({
  timeout: duration()
    .prefault('20s')
    .describe('How long one hook of lifecycle.js or of a plugin may take before HOOK_TIMEOUT.'),
}).transform(({ timeout }) => ({ timeoutMs: timeout }));

const ids = section({
  generatorType: text('a server type')
    .optional()
    .describe(
      'Server type whose servers make the ids of `app.ids.monotonic`: one at a time does, the others stand by.',
    ),
});

/** The schema of `settings.json5` in environment `env`. */
export const settingsSchema = (env: string) =>
  section({
    client: clientSection(env).prefault({}).describe('What clients meet on a frontend.'),
    rpc: rpc.prefault({}).describe('Calls between servers.'),
    session: session.prefault({}).describe('Sessions.'),
    gate: gate.prefault({}).describe('How a gate assigns clients.'),
    ids: ids.prefault({}).describe('Ids that are made once in the cluster.'),
    log: log.prefault({}).describe('What servers log.'),
    request: request.prefault({}).describe('Requests of clients.'),
    tracing: tracingSection()
      .default(false)
      .describe(
        'Spans of requests, calls and pushes, by the API of OpenTelemetry: `true`, or an object; needs `npm install @opentelemetry/api` and an SDK that the game registers.',
      ),
    lifecycle: lifecycle.prefault({}).describe('Hooks of the game around start and stop.'),
  });

/** The shape of {@link settingsSchema}'s value, durations in ms and sizes in bytes. */
export type SettingsOutput = z.output<ReturnType<typeof settingsSchema>>;
