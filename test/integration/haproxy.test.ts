import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, RunningCommand } from '../helpers/cluster-process.js';
import { freePort } from '../helpers/free-port.js';
import { RawClient } from '../helpers/raw-client.js';
import { TemporaryGame } from '../helpers/temporary-game.js';

/* A real HAProxy before a real connector tells the addresses of clients by the PROXY protocol. */

const handler = `export default () => ({
  where: (_msg, session) => ({ at: session.remoteAddress }),
  buy: (_msg, session) => ({ code: 200, at: session.remoteAddress }),
});`;

/** How often the game lets an address buy; no more comes while a test runs. */
const burst = 5;
const app = `export default {
  setUp(app) {
    app.rateLimit({ per: 'ip', routes: ['connector.handler.buy'], messages: { perSecond: 0.001, burst: ${burst} } });
  },
};`;

let game: TemporaryGame;
let folder: string;
let haproxy: ChildProcess;
const ports = { v1: 0, v2: 0 };

const command = (...args: string[]) =>
  new RunningCommand([...args, '-d', game.root], { POMELO_TS_SECRET: 'what the game before HAProxy proves' })
    .ended;

const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });

beforeAll(async () => {
  game = await TemporaryGame.make({
    servers: { connector: [{ id: 'connector-1', frontend: true }] },
    app,
    handlers: { connector: { handler } },
    settings: { client: { trustedProxies: ['127.0.0.1'], proxyProtocol: true, dictionary: false } },
  });
  const { code, stderr } = await command('start', '-D', '-e', 'production');
  expect([code, stderr]).toEqual([0, expect.any(String)]);
  [ports.v1, ports.v2] = [await freePort(), await freePort()];
  folder = mkdtempSync(join(tmpdir(), 'pomelo-ts-haproxy-'));
  const { clientPort } = game.config.servers[0]!;
  const listen = (name: keyof typeof ports, how: string) => `
listen ${name}
  bind 127.0.0.1:${ports[name]}
  server connector-1 127.0.0.1:${clientPort} ${how} check inter 200ms`;
  writeFileSync(
    join(folder, 'haproxy.cfg'),
    `defaults
  mode tcp
  timeout connect 2s
  timeout client 30s
  timeout server 30s
${listen('v1', 'send-proxy')}
${listen('v2', 'send-proxy-v2')}
`,
  );
  haproxy = spawn('haproxy', ['-db', '-q', '-f', join(folder, 'haproxy.cfg')], { stdio: 'ignore' });
  for (const port of Object.values(ports)) await eventually(() => accepts(port), 'HAProxy to listen');
});

afterAll(async () => {
  haproxy?.kill();
  if (haproxy?.exitCode === null) await once(haproxy, 'exit');
  await command('stop');
  game[Symbol.dispose]();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

describe.each(['v1', 'v2'] as const)('behind HAProxy that sends the PROXY protocol %s', (version) => {
  it('each client over TCP has its own address', async () => {
    for (const localAddress of ['127.0.0.21', '127.0.0.22']) {
      await using client = await RawClient.join(ports[version], { transport: 'tcp', localAddress });
      expect(await client.request('connector.handler.where', {})).toEqual({ at: localAddress });
    }
  });

  it.each([
    ['tcp', 10],
    ['ws', 20],
  ] as const)(
    'a client over %s that sends too much is held back by its own address alone',
    async (transport, from) => {
      const net = version === 'v1' ? 1 : 2; // what an address has bought counts from test to test
      const [greedy, other] = [`127.0.${net}.${from}`, `127.0.${net}.${from + 1}`];
      const join = (localAddress: string) => RawClient.join(ports[version], { transport, localAddress });
      const buy = (client: RawClient) =>
        client.request<{ code: number; at?: string }>('connector.handler.buy');
      await using first = await join(greedy);
      await using innocent = await join(other);
      for (let n = 0; n < burst; n++) expect(await buy(first)).toEqual({ code: 200, at: greedy });
      expect(await buy(first)).toMatchObject({ code: 429 });
      for (let n = 0; n < burst; n++) expect(await buy(innocent)).toEqual({ code: 200, at: other });
      expect(await buy(innocent)).toMatchObject({ code: 429 });
      // It is the address that counts, and no connection.
      await using again = await join(greedy);
      expect(await buy(again)).toMatchObject({ code: 429 });
    },
  );

  it('a client over a WebSocket has its own address, although that of the balancer is the same', async () => {
    await using client = await RawClient.join(ports[version]);
    expect(await client.request('connector.handler.where', {})).toEqual({ at: '127.0.0.1' });
  });
});
