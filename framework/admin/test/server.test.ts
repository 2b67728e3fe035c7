import { once } from 'node:events';
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { type TLSSocket, connect as tlsConnect } from 'node:tls';
import { silentLogger, systemClock } from '@pomelo-ts/common';
import { FakeClock } from '@pomelo-ts/common/testing';
import { describe, expect, it, vi } from 'vitest';
import { type CertificateFiles, Certificates } from '../../../test/helpers/certificates.js';
import { createAdminServer, type ServerParts } from '../src/http/server.js';

/** More than any kernel keeps for one that does not read. */
const large = 'x'.repeat(32 * 1024 * 1024);

/** What was logged, by level. */
function noted() {
  const lines: [string, string][] = [];
  const note = (level: string) => (message: string) => void lines.push([level, message]);
  return { lines, logger: { ...silentLogger, info: note('info'), error: note('error') } };
}

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

  it('that cannot be taken, as no more files may be open, ends nothing', async () => {
    const { lines, logger } = noted();
    using one = await serverWith({ logger }, () => new Response('here'));
    for (let n = 0; n < 100; n++)
      one.server.emit('error', Object.assign(new Error('accept EMFILE'), { code: 'EMFILE' }));
    expect(lines).toEqual([['error', 'the admin could not take a connection']]);
    const { port } = one.server.address() as AddressInfo;
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('here');
  });

  it('that says nothing before TLS is up is ended soon', async () => {
    using certificates = new Certificates();
    const files = { root: '/', ...certificates.member };
    using one = await serverWith({ files }, () => new Response('never'));
    await vi.waitFor(async () => expect(await connections(one.server)).toBe(1), 10_000);
    await leaves(one.server);
  }, 60_000);
});

describe('files for TLS of the admin', () => {
  /** A server whose files are those of `named`, copied to where they can be replaced. */
  async function swapped(certificates: Certificates) {
    const { lines, logger } = noted();
    const clock = new FakeClock();
    const root = certificates.folder;
    const take = ({ cert, key }: CertificateFiles) => {
      copyFileSync(cert, join(root, 'admin.pem'));
      copyFileSync(key, join(root, 'admin-key.pem'));
    };
    take(certificates.member);
    const files = { root, cert: 'admin.pem', key: 'admin-key.pem' };
    const ends: number[] = [];
    const onCertificate = (endsAt: number) => void ends.push(endsAt);
    const one = await serverWith({ files, clock, logger, onCertificate }, () => new Response('here'));
    const { port } = one.server.address() as AddressInfo;
    const ca = readFileSync(certificates.ca);
    const dial = async (): Promise<TLSSocket> => {
      const socket = tlsConnect({ host: '127.0.0.1', port, ca });
      await once(socket, 'secureConnect');
      return socket;
    };
    const seen = async () => {
      const socket = await dial();
      const { fingerprint256 } = socket.getPeerCertificate();
      socket.destroy();
      return fingerprint256;
    };
    return { one, root, clock, lines, take, dial, seen, ends };
  }

  const asked = async (socket: TLSSocket): Promise<string> => {
    socket.write('GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    return String(answer).split('\r\n')[0]!;
  };

  it('are taken when they are replaced: new connections see them, and open ones go on', async () => {
    using certificates = new Certificates();
    const { one, clock, lines, take, dial, seen, ends } = await swapped(certificates);
    using _ = one;
    const former = await seen();
    const open = await dial();
    expect(await asked(open)).toBe('HTTP/1.1 200 OK');
    take(certificates.again('member'));
    clock.pass(30_000);
    expect(lines).toEqual([['info', 'The admin has new files for TLS.']]);
    const now = await seen();
    expect(now).not.toBe(former);
    expect(await asked(open)).toBe('HTTP/1.1 200 OK');
    expect(open.getPeerCertificate().fingerprint256).toBe(former);
    const ended = Date.parse(open.getPeerCertificate().valid_to);
    expect(new Set(ends)).toContain(ended);
    expect(ends.length).toBeGreaterThan(1); // told at each look: another master may lead by now
    open.destroy();
    clock.pass(300_000);
    expect(lines).toHaveLength(1);
  }, 60_000);

  it('that make no sense are told of once, and the former ones stay until they are mended', async () => {
    using certificates = new Certificates();
    const { one, root, clock, lines, take, seen } = await swapped(certificates);
    using _ = one;
    const former = await seen();
    const other = certificates.again('member');
    const told = 'New files for TLS of the admin make no sense; it keeps the former ones.';
    for (const breakIt of [
      () => writeFileSync(join(root, 'admin.pem'), 'no certificate'),
      () => copyFileSync(other.cert, join(root, 'admin.pem')), // its key is not there yet
      () => rmSync(join(root, 'admin-key.pem')),
    ]) {
      lines.length = 0;
      breakIt();
      clock.pass(300_000);
      expect(lines).toEqual([['error', told]]);
      expect(await seen()).toBe(former);
    }
    take(other);
    clock.pass(30_000);
    expect(lines.at(-1)).toEqual(['info', 'The admin has new files for TLS.']);
    expect(await seen()).not.toBe(former);
  }, 60_000);
});
