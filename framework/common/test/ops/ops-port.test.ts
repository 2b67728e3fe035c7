import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/index.js';
import { type HealthReport, metricsTokenIn, OpsPort, type OpsPortOptions } from '../../src/ops.js';

let opened: OpsPort | undefined;

afterEach(async () => {
  await opened?.close();
  opened = undefined;
});

const up: HealthReport = { status: 'UP', components: {} };

async function open(options: Partial<OpsPortOptions> = {}): Promise<string> {
  opened = await OpsPort.open({
    host: '127.0.0.1',
    port: 0,
    id: 'chat-1',
    metrics: () => 'a 1\n',
    health: () => up,
    ready: () => true,
    logger: silentLogger,
    ...options,
  });
  return `http://127.0.0.1:${opened.port}`;
}

async function get(url: string, init?: RequestInit): Promise<[number, string | null, string]> {
  const response = await fetch(url, init);
  return [response.status, response.headers.get('content-type'), await response.text()];
}

const json = 'application/json; charset=utf-8';

describe('the port for metrics and health', () => {
  it('answers what machines that monitor ask', async () => {
    const at = await open();
    expect(await get(`${at}/metrics`)).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8', 'a 1\n']);
    expect(await get(`${at}/metrics?name[]=a`)).toMatchObject([200, {}, 'a 1\n']);
    expect(await get(`${at}/health`)).toEqual([200, json, '{"status":"UP","components":{}}\n']);
    expect(await get(`${at}/healthz`)).toEqual([200, json, '{"status":"ok","id":"chat-1"}\n']);
    expect(await get(`${at}/readyz`)).toEqual([200, json, '{"status":"ready","id":"chat-1"}\n']);
    expect(await get(`${at}/metrics`, { method: 'HEAD' })).toMatchObject([200, {}, '']);
  });

  it('says 503 of what is down or not ready, and 200 of what only needs a look', async () => {
    const at = await open({ ready: () => false, health: () => ({ ...up, status: 'DOWN' }) });
    expect((await get(`${at}/readyz`))[0]).toBe(503);
    expect((await get(`${at}/health`))[0]).toBe(503);
    expect((await get(`${at}/healthz`))[0]).toBe(200);
    await opened!.close();
    expect((await get(`${await open({ health: () => ({ ...up, status: 'DEGRADED' }) })}/health`))[0]).toBe(
      200,
    );
  });

  it('refuses what it does not know, and says what it knows', async () => {
    const at = await open();
    expect(await get(`${at}/`)).toEqual([
      404,
      json,
      '{"message":"expected /metrics, /health, /healthz or /readyz"}\n',
    ]);
    expect((await get(`${at}/metrics/chat-1`))[0]).toBe(404);
    expect((await get(`${at}/metrics`, { method: 'POST', body: 'x'.repeat(100_000) }))[0]).toBe(405);
  });

  it('makes an answer once for all who ask in the same moment', async () => {
    let made = 0;
    const at = await open({ metrics: () => `a ${++made}\n` });
    const answers = await Promise.all(Array.from({ length: 20 }, () => get(`${at}/metrics`)));
    expect(new Set(answers.map(([, , text]) => text)).size).toBeLessThan(20);
    expect(made).toBeLessThan(20);
  });

  it('makes an answer that takes long once for all who wait, however many requests each sends together', async () => {
    let made = 0;
    const metrics = () => {
      for (const end = performance.now() + 300; performance.now() < end; );
      return `a ${++made}\n`;
    };
    await open({ metrics });
    const heard = await Promise.all(
      Array.from({ length: 10 }, async () => {
        const socket = connect(opened!.port, '127.0.0.1');
        let text = '';
        socket.on('data', (chunk) => {
          text += chunk;
        });
        socket.write('GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(10));
        await expect.poll(() => text.match(/^a \d+$/gm)?.length, { timeout: 10_000 }).toBe(10);
        socket.destroy();
        return text;
      }),
    );
    expect(heard).toHaveLength(10);
    expect(made).toBeLessThan(5); // of 100 that were asked for
  });

  it('closes a connection that sends requests without end before it has answers', async () => {
    await open();
    const socket = connect(opened!.port, '127.0.0.1').on('error', () => {});
    socket.resume();
    socket.write('GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(1000));
    await once(socket, 'close');
  });

  it.each([
    ['do not read', '\r\n'],
    ['do not go on asking', ''],
  ])(
    'lets go of those who %s, so that others are served',
    async (_what, end) => {
      const at = await open({ metrics: () => 'x'.repeat(20_000_000) });
      const before = process.memoryUsage().arrayBuffers;
      const sockets = Array.from({ length: 64 }, () => {
        const socket = connect(opened!.port, '127.0.0.1').on('error', () => {});
        socket.pause();
        socket.write(`GET /metrics HTTP/1.1\r\nHost: a\r\n${end}`);
        return socket;
      });
      await Promise.all(sockets.map((socket) => once(socket, 'connect')));
      const served = () =>
        get(`${at}/healthz`).then(
          ([status]) => status,
          () => 0,
        );
      await expect.poll(served, { timeout: 25_000, interval: 200 }).toBe(200);
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(300_000_000); // and not 64 times 20 MB
      for (const socket of sockets) socket.destroy();
    },
    30_000,
  );

  it('tells of an answer that could not be made, and lives on', async () => {
    const said: string[] = [];
    const logger = { ...silentLogger, error: (text: string) => said.push(text) };
    const metrics = () => {
      throw new Error('no numbers');
    };
    const at = await open({ metrics, logger });
    expect(await get(`${at}/metrics`)).toEqual([500, json, '{"message":"no numbers"}\n']);
    expect(said).toEqual(['/metrics could not be answered']);
    expect((await get(`${at}/healthz`))[0]).toBe(200);
  });

  it('holds no more connections than a few dozen', async () => {
    await open();
    const sockets = Array.from({ length: 80 }, () =>
      connect(opened!.port, '127.0.0.1').on('error', () => {}),
    );
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    await expect
      .poll(() => sockets.filter((socket) => socket.readableEnded || socket.destroyed).length)
      .toBeGreaterThanOrEqual(16);
    for (const socket of sockets) socket.destroy();
  });

  it('fails with the error of the system where the port is taken', async () => {
    await open();
    await expect(OpsPort.open({ ...optionsOf(opened!.port) })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});

it('metrics are for whoever brings the token that is set, and health for all who reach the port', async () => {
  const url = await open({ metricsToken: 'one token' });
  const bring = (authorization: string) => get(`${url}/metrics`, { headers: { authorization } });
  expect((await bring('Bearer one token'))[0]).toBe(200);
  for (const other of ['Bearer one toke', 'Bearer ', 'one token', 'Basic one token', 'Bearer one token x'])
    expect([other, (await bring(other))[0]]).toEqual([other, 401]);
  const response = await fetch(`${url}/metrics?x`);
  expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
  expect(await response.text()).toContain('expected the header');
  expect((await get(`${url}/health`))[0]).toBe(200);
  expect((await get(`${url}/readyz`))[0]).toBe(200);
});

it('a token of metrics is read from a file of its own, which nobody else may read and which is not empty', () => {
  const root = mkdtempSync(join(tmpdir(), 'pomelo-ts-token-'));
  try {
    const write = (text: string, mode: number) => {
      writeFileSync(join(root, 'metrics.token'), text);
      chmodSync(join(root, 'metrics.token'), mode);
    };
    write('one token\n', 0o600);
    expect([metricsTokenIn(root, undefined), metricsTokenIn(root, 'metrics.token')]).toEqual([
      undefined,
      'one token',
    ]);
    write('one token', 0o644);
    expect(() => metricsTokenIn(root, 'metrics.token')).toThrow(
      expect.objectContaining({ code: 'SECRET_FILE_OPEN' }),
    );
    write('\n', 0o600);
    expect(() => metricsTokenIn(root, 'metrics.token')).toThrow(
      'expected a token in metrics.token, got an empty file',
    );
  } finally {
    rmSync(root, { recursive: true });
  }
});

const optionsOf = (port: number): OpsPortOptions => ({
  host: '127.0.0.1',
  port,
  id: 'chat-2',
  metrics: () => '',
  health: () => up,
  ready: () => true,
  logger: silentLogger,
});
