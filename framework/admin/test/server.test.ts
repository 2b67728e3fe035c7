import { once } from 'node:events';
import type { Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { silentLogger, systemClock } from '@pomelo-ts/common';
import { describe, expect, it, vi } from 'vitest';
import { Certificates } from '../../../test/helpers/certificates.js';
import { createAdminServer, type ServerParts } from '../src/http/server.js';

/** More than any kernel keeps for one that does not read. */
const large = 'x'.repeat(32 * 1024 * 1024);

async function serverWith(parts: Partial<ServerParts>, answer: () => Response | Promise<Response>) {
  const { server, stopWatch } = createAdminServer(answer, {
    files: undefined,
    clock: systemClock,
    logger: silentLogger,
    ...parts,
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').pause();
  socket.on('error', () => {});
  const end = () => {
    socket.destroy();
    stopWatch();
    server.closeAllConnections();
    server.close();
  };
  return { socket, server, [Symbol.dispose]: end };
}

const connections = (server: Server) =>
  new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count)));
const leaves = (server: Server) =>
  vi.waitFor(async () => expect(await connections(server)).toBe(0), { timeout: 30_000, interval: 100 });

describe('a connection to the admin', () => {
  it('is ended when nobody reads what was sent', async () => {
    using one = await serverWith({ unreadMs: 300 }, () => new Response(large));
    one.socket.write('GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n');
    await vi.waitFor(async () => expect(await connections(one.server)).toBe(1), 10_000);
    await leaves(one.server);
  }, 60_000);

  it('lasts while it waits for an answer, however long that takes', async () => {
    let answer = (_: Response) => {};
    const later = new Promise<Response>((resolve) => (answer = resolve));
    using one = await serverWith({ unreadMs: 50 }, () => later);
    one.socket.write('GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n');
    let silent = false;
    one.server.on('timeout', () => (silent = true));
    await vi.waitFor(() => expect(silent).toBe(true), 10_000);
    let got = '';
    one.socket.on('data', (part) => (got += part)).resume();
    answer(new Response('at last'));
    await vi.waitFor(() => expect(got).toContain('at last'), 10_000);
  }, 30_000);

  it('that says nothing before TLS is up is ended soon', async () => {
    using certificates = new Certificates();
    const files = { root: '/', ...certificates.member };
    using one = await serverWith({ files }, () => new Response('never'));
    await vi.waitFor(async () => expect(await connections(one.server)).toBe(1), 10_000);
    await leaves(one.server);
  }, 60_000);
});
