import { isIP } from 'node:net';
import * as z from 'zod';
import { bytes, duration, durationOrFalse, flag, integer, mostClients, oneOf, section } from './fields.js';

const sendQueue = section({
  maxBytes: bytes()
    .prefault('1MiB')
    .describe('Bytes that may wait for one client; beyond that `policy` decides.'),
  policy: oneOf(['drop', 'close'])
    .default('close')
    .describe('What befalls a client that reads too slowly: its pushes are dropped, or it is closed.'),
});

const originExpected =
  '"same-host", "any", or a list of origins such as "https://game.example.com" or "https://*.example.com"';
const originShape =
  'an origin such as "https://game.example.com" or "https://*.example.com", or "file://" or "null", which pages of web views send';
/** Pages that were opened from a file have no host: WebKit and Chromium send one of two words for them. */
const originPattern = /^(?:null|file:\/\/|[a-z][a-z0-9+.-]*:\/\/(?:\*\.)?[^\s/*]+)$/i;

const origins = z
  .union([z.enum(['same-host', 'any']), z.array(z.string().regex(originPattern, { error: originShape }))], {
    error: originExpected,
  })
  .optional()
  .describe(
    'Which web pages may open a connection: those of the same host, any, or a list; in it `"file://"` and `"null"` stand for pages that a web view opened from a file (`"null"` also for sandboxed frames of any site). Default `"same-host"`; in development `"any"`. Programs that are no browsers send no origin and are let in.',
  );

const proxyExpected = 'an IP address or a range such as "10.0.0.0/8"';
const trustedProxies = z
  .array(z.string({ error: proxyExpected }).refine(isAddressRange, { error: proxyExpected }), {
    error: `a list, each ${proxyExpected}`,
  })
  .default([])
  .describe(
    'Reverse proxies and load balancers whose X-Forwarded-For is believed, as IP addresses or CIDR ranges. Without it all clients behind one have its address, and share what one address may have.',
  );

/** A package tells its length in three bytes. */
const longestPackage = 0xff_ff_ff;

/** The `client` part of `settings.json5`. */
export const clientSection = (env: string) =>
  section({
    heartbeat: durationOrFalse()
      .prefault('30s')
      .describe('Pace of heartbeats told to clients; `false` for none.'),
    heartbeatTimeout: duration()
      .optional()
      .describe('Silence after which a client is closed. Default twice `heartbeat`.'),
    handshakeTimeout: duration()
      .prefault('10s')
      .describe('How long a new connection may take for its handshake.'),
    dictionary: flag().prefault(true).describe('Send routes as numbers to clients that know the dictionary.'),
    protobuf: flag().prefault(true).describe('Use the message schemas in clientProtos and serverProtos.'),
    maxPackageBytes: bytes(longestPackage)
      .prefault('64KiB')
      .describe('Longest package accepted of a client; the format allows 16777215 bytes.'),
    maxPendingRequests: integer(1, 1_000_000)
      .default(256)
      .describe(
        'Requests of one client that may wait for their answers; one more is answered with REQUEST_QUEUE_FULL and counted as `request.tooMany`.',
      ),
    maxPendingNotifies: integer(1, 1_000_000)
      .default(10_000)
      .describe(
        'Handlers of one server, a backend too, that may be at work for notifies; one client has at most as many as are left for all others. Beyond, a notify is dropped and counted as `request.droppedNotifies`.',
      ),
    maxConnections: integer(1, mostClients)
      .optional()
      .describe(
        'Connections a frontend accepts at most; `max-connections` of a server comes first. Default as many as it may open files for (`ulimit -n`).',
      ),
    maxConnectionsPerAddress: integer(1, mostClients)
      .optional()
      .describe(
        'Clients from one address (of IPv6 its first half) that a frontend accepts at most. Only where frontends see the addresses of players: behind a load balancer all have its address unless `trustedProxies` names it. Default no limit: where a frontend is full, clients without a uid give way that are more than eight from one address.',
      ),
    sendQueue: sendQueue.prefault({}).describe('What may wait for a slow client.'),
    origins,
    compression: flag()
      .prefault(false)
      .describe('Per-message deflate on WebSockets: less traffic for more processor and memory.'),
    trustedProxies,
    proxyProtocol: flag()
      .prefault(false)
      .describe(
        'Whether the load balancers of `trustedProxies` write a header of the PROXY protocol (version 1 or 2) before each connection, which tells the address of the client. Nobody else is believed.',
      ),
    probe: durationOrFalse()
      .refine((ms) => ms === false || ms >= 1000, { error: 'at least 1s, or false' })
      .prefault(false)
      .describe(
        'How often it is looked whether things arrive: a gate, or without gates a connector, connects to each connector as a client does and has a backend push to it. `false` for never.',
      ),
  })
    .superRefine(({ proxyProtocol, trustedProxies }, context) => {
      if (!proxyProtocol || trustedProxies.length > 0) return;
      const message = 'load balancers in client.trustedProxies, which alone are believed';
      context.addIssue({ code: 'custom', path: ['proxyProtocol'], message });
    })
    .superRefine(({ heartbeat, heartbeatTimeout }, context) => {
      if (heartbeat === false || heartbeatTimeout === undefined || heartbeatTimeout >= heartbeat) return;
      context.addIssue({
        code: 'custom',
        path: ['heartbeatTimeout'],
        message: `at least client.heartbeat, ${heartbeat / 1000}s`,
      });
    })
    .transform(({ heartbeat, heartbeatTimeout, handshakeTimeout, origins, probe, ...rest }) => ({
      ...rest,
      probeMs: probe,
      heartbeatMs: heartbeat,
      heartbeatTimeoutMs: (heartbeatTimeout ?? (heartbeat === false ? false : heartbeat * 2)) as
        | number
        | false,
      handshakeTimeoutMs: handshakeTimeout,
      origins: origins ?? ((env === 'development' ? 'any' : 'same-host') as 'any' | 'same-host' | string[]),
    }));

function isAddressRange(value: string): boolean {
  const [address, bits, ...more] = value.split('/');
  const family = isIP(address!);
  if (family === 0 || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}
