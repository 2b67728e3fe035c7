import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { packageType } from '@pomelo-ts/protocol';
import { describe, expect, it } from 'vitest';
import { RawClient, type RawClientOptions } from '../../../../test/helpers/raw-client.js';
import { poll } from '../poll.js';
import { type RunningGame, startGame } from '../running-game.js';
import { Balancer } from './balancer.js';

const id = 'connector-1';

function game(client: object = {}): Promise<RunningGame> {
  return startGame({
    servers: { connector: [{ id, frontend: true }] },
    app: () => {},
    settings: { client: { dictionary: false, ...client } },
  });
}

/** Puts networks on the blacklist, as the master does; resolves once the frontend has heard it. */
async function put({ hub }: RunningGame, ...add: (readonly [network: string, leftMs?: number])[]) {
  hub.tellBlacklist({ add, remove: [] });
  await hub.heard(id, 5000);
}

const refused = (running: RunningGame) => running.count(id, 'client.refused.blacklist');

/** A client that the server has at work. */
async function join(port: number, options: RawClientOptions): Promise<RawClient> {
  const client = await RawClient.join(port, options);
  await client.next(packageType.heartbeat);
  return client;
}

/** The status of an answer by HTTP. */
async function statusOf(port: number, options: object): Promise<number | undefined> {
  const [response] = (await once(
    get({ port, host: '127.0.0.1', path: '/healthz', ...options }),
    'response',
  )) as [IncomingMessage];
  response.resume();
  return response.statusCode;
}

describe.each(['ws', 'tcp'] as const)('a client over %s whose address is on the blacklist', (transport) => {
  it('is refused before it has said anything, and counted, while others come', async () => {
    await using running = await game();
    const port = running.port(id);
    await put(running, ['127.0.0.8/30']);
    const socket = connect({ port, host: '127.0.0.1', localAddress: '127.0.0.9' });
    const error = await new Promise((resolve) => socket.on('error', resolve).on('close', resolve));
    expect([true, 'ECONNRESET']).toContain(
      error instanceof Error ? (error as NodeJS.ErrnoException).code : error,
    );
    await expect(RawClient.join(port, { transport, localAddress: '127.0.0.10' })).rejects.toThrow();
    await poll(() => expect(refused(running)).toBe(2));
    await using _other = await RawClient.join(port, { transport, localAddress: '127.0.0.12' });
    expect(running.count(id, 'client.connections')).toBe(1);
  });

  it('is told why when it is connected already, and closed, while others stay', async () => {
    await using running = await game();
    const port = running.port(id);
    await using client = await join(port, { transport, localAddress: '127.0.0.9' });
    await using other = await RawClient.join(port, { transport, localAddress: '127.0.0.12' });
    await put(running, ['127.0.0.9']);
    await client.closed();
    expect(client.kicked).toBe('blacklisted');
    expect(other.closeCode).toBeUndefined();
    expect(running.count(id, 'client.closedBlacklist')).toBe(1);
    expect(running.servers.get(id)!.connections).toBe(1);
  });

  it('may come again when it was taken off, and when its time is over', async () => {
    await using running = await game();
    const port = running.port(id);
    const from = { transport, localAddress: '127.0.0.9' };
    await put(running, ['127.0.0.9', 300], ['127.0.0.0/24']);
    await expect(RawClient.join(port, from)).rejects.toThrow();
    running.hub.tellBlacklist({ add: [], remove: ['127.0.0.0/24'] });
    await running.hub.heard(id, 5000);
    await poll(async () => void (await RawClient.join(port, from)).socket.destroy());
  });

  it.each([
    ['IPv4', 'PROXY TCP4 203.0.113.7 10.0.0.5 4711 3010\r\n', '203.0.113.0/24', '203.0.114.0/24'],
    ['IPv6', 'PROXY TCP6 2001:db8::7 2001:db8::1 4711 3010\r\n', '2001:db8::/64', '2001:db9::/64'],
  ])('is refused by the %s address that a load balancer tells', async (_, header, network, beside) => {
    await using running = await game({ trustedProxies: ['127.0.0.1'], proxyProtocol: true });
    await using balancer = await Balancer.before(running.port(id), header);
    await put(running, [beside]);
    await using client = await join(balancer.port, { transport });
    await put(running, [network]);
    await client.closed();
    expect(client.kicked).toBe('blacklisted');
    await expect(RawClient.join(balancer.port, { transport })).rejects.toThrow();
    await poll(() => expect(refused(running)).toBe(1));
  });

  it('is refused once, though it speaks in the same breath as its balancer', async () => {
    await using running = await game({ trustedProxies: ['127.0.0.1'], proxyProtocol: true });
    await put(running, ['203.0.113.7']);
    const socket = connect({ port: running.port(id), host: '127.0.0.1' });
    socket.on('error', () => {});
    const said = transport === 'ws' ? 'GET / HTTP/1.1\r\nHost: a\r\n\r\n' : '\x01\0\0\0';
    socket.write(`PROXY TCP4 203.0.113.7 10.0.0.5 4711 3010\r\n${said}`);
    socket.resume();
    await new Promise((resolve) => socket.once('close', resolve));
    await using _other = await RawClient.join(running.port(id), { transport, localAddress: '127.0.0.1' });
    expect(refused(running)).toBe(1);
  });

  it('is let in when it is the address of a trusted balancer, which nobody is shut out by', async () => {
    await using running = await game({ trustedProxies: ['127.0.0.1'], proxyProtocol: true });
    await put(running, ['127.0.0.1']);
    for (const header of ['PROXY TCP4 203.0.113.7 10.0.0.5 4711 3010\r\n', 'PROXY UNKNOWN\r\n', '']) {
      await using balancer = await Balancer.before(running.port(id), header);
      await using client = await join(balancer.port, { transport });
      expect(client.kicked).toBeUndefined();
    }
    expect(refused(running)).toBe(0);
  });
});

describe('behind a proxy that speaks HTTP', () => {
  const behind = (address: string) => ({ headers: { 'x-forwarded-for': address } });

  it('the address counts that it tells: for WebSockets, and for plain requests, which get a 403', async () => {
    await using running = await game({ trustedProxies: ['127.0.0.1'] });
    const port = running.port(id);
    await put(running, ['203.0.113.0/24']);
    await expect(RawClient.join(port, behind('203.0.113.7'))).rejects.toThrow(/^403 .*may not connect here/);
    await using _other = await RawClient.join(port, behind('203.0.114.7'));
    expect(await statusOf(port, behind('203.0.113.7'))).toBe(403);
    expect(await statusOf(port, behind('203.0.114.7'))).toBe(200);
    expect(refused(running)).toBe(2);
  });

  it('an address that the client has made up changes nothing', async () => {
    await using running = await game();
    const port = running.port(id);
    await put(running, ['203.0.113.0/24'], ['127.0.0.9']);
    await using _client = await RawClient.join(port, behind('203.0.113.7'));
    const hidden = { ...behind('198.51.100.1'), localAddress: '127.0.0.9' };
    await expect(RawClient.join(port, hidden)).rejects.toThrow();
  });
});
