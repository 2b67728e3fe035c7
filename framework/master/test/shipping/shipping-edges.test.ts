import { once } from 'node:events';
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, Measures, silentLogger } from '@pomelo-ts/common';
import { FakeClock } from '@pomelo-ts/common/testing';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Certificates } from '../../../../test/helpers/certificates.js';
import { auditFiles, auditFolder } from '../../src/audit/audit-files.js';
import { AuditLog } from '../../src/audit/audit-log.js';
import { AuditTail } from '../../src/shipping/audit-tail.js';
import { positionFileOf } from '../../src/shipping/position-file.js';
import { Shipping } from '../../src/shipping/shipping.js';
import { syslogLine } from '../../src/shipping/syslog-line.js';
import { SyslogReceiver } from '../../src/shipping/syslog-receiver.js';
import { WebhookReceiver } from '../../src/shipping/webhook-receiver.js';
import { syslogAt, webhookAt } from './receivers.js';

/* What receivers of audit records do that nobody asked of them, and what the files are like after a bad end. */

let root: string;
let audit: AuditLog;
let told: string[];
const roomy = { records: 1000, chars: 1e6 };

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'pomelo-ts-shipping-'));
  audit = new AuditLog({ root, wallTime: () => 0 });
  told = [];
});
afterEach(() => {
  audit.close();
  rmSync(root, { recursive: true });
});

const write = (count: number, target = 'chat-1') => {
  for (let n = 0; n < count; n++)
    audit.append({ verb: 'servers.stop', by: 'ann', via: 'http', result: 'done', target });
};
const written = async () => (await new AuditTail(root).read(0, roomy)).lines;
const shipped = (url: string, clock: Clock) =>
  new Shipping({
    settings: { receivers: [{ kind: 'webhook', url }] },
    ...{ root, env: 'production', audit, measures: new Measures(), clock },
    logger: { ...silentLogger, error: (text, facts) => void told.push(`${text} ${JSON.stringify(facts)}`) },
  });
const eventually = (isSo: () => void) => vi.waitFor(isSo, 15_000);
const deadline = (ms = 15_000) => AbortSignal.timeout(ms);

async function listening(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

it('an endless answer of a webhook ends with its first bytes', async () => {
  write(1);
  let closed = false;
  const server = createServer((request, response) => {
    const more = setInterval(() => response.write('x'.repeat(1000)), 1);
    response.on('close', () => {
      clearInterval(more);
      closed = true;
    });
    request.resume();
  });
  const url = new URL(`http://127.0.0.1:${await listening(server)}/`);
  await new WebhookReceiver({ url }).send(await written(), deadline());
  await eventually(() => expect(closed).toBe(true));
  server.close();
});

it('a webhook by HTTPS has records when its authority is known, and none otherwise', async () => {
  using made = new Certificates();
  write(2);
  const [key, cert, ca] = [made.member.key, made.member.cert, made.ca].map((file) => readFileSync(file));
  const got: string[] = [];
  const server = createSecureServer({ key: key!, cert: cert! }, (request, response) => {
    request.on('data', (part) => void got.push(String(part))).on('end', () => response.end());
  });
  const url = new URL(`https://127.0.0.1:${await listening(server)}/`);
  const lines = await written();
  await expect(new WebhookReceiver({ url }).send(lines, deadline())).rejects.toThrow(/certificate/);
  expect(got).toEqual([]);
  await new WebhookReceiver({ url, ca: ca!.toString() }).send(lines, deadline());
  expect(got.join('')).toBe(lines.map(({ text }) => `${text}\n`).join(''));
  server.close();
});

it.each<[string, number, (socket: Socket) => void]>([
  ['and reads it all the same', 200, (socket) => void setTimeout(() => socket.end().resume(), 100)],
  ['before it has read any', 1, (socket) => socket.end().resume()],
  ['as a balancer with nobody behind it', 1, (socket) => socket.destroy()],
])('a syslog that ends its side first, %s, has taken nothing', async (_, count, serve) => {
  write(1);
  const server = createTcpServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) =>
    serve(socket.on('error', () => {})),
  );
  const port = await listening(server as unknown as Server);
  const receiver = new SyslogReceiver({
    url: new URL(`tcp://127.0.0.1:${port}`),
    sender: { hostName: 'game-1', env: 'test', pid: 1 },
  });
  const [line] = await written();
  const many = Array.from({ length: count }, () => ({ ...line!, text: 'x'.repeat(100_000) }));
  await expect(receiver.send(many, deadline())).rejects.toThrow(/before it had all records|ECONNRESET|EPIPE/);
  server.close();
});

it('a syslog that never ends its side costs no more than the deadline', async () => {
  write(1);
  await using syslog = await syslogAt(undefined, { end: false });
  const receiver = new SyslogReceiver({
    url: new URL(`tcp://127.0.0.1:${syslog.port}`),
    sender: { hostName: 'game-1', env: 'test', pid: 1 },
  });
  await expect(receiver.send(await written(), deadline(200))).rejects.toThrow(/timeout/);
});

it('the head of a syslog message has no spaces, no line ends and nothing but ASCII in its fields', async () => {
  write(1);
  const [line] = await written();
  const said = syslogLine(line!, { hostName: 'my host\n<0>', env: '生产', pid: 7 });
  expect(said.split(' ', 7).slice(2)).toEqual(['my?host?<0>', 'pomelo-ts-??', '7', 'servers.stop', '-']);
  expect(syslogLine(line!, { hostName: '', env: 'test', pid: 7 }).split(' ')[2]).toBe('-');
});

it('a master that ends waits one second for a receiver that hangs', async () => {
  using hook = await webhookAt();
  hook.how = 'hang';
  const clock = new FakeClock();
  const shipping = shipped(hook.url, clock);
  write(1);
  await eventually(() => expect(hook.tries).toBe(1));
  const closed = shipping.close();
  clock.pass(1000);
  await closed;
  expect(told).toEqual([]); // it has not waited for the deadline of the batch
});

it('a receiver that refuses is tried again after 1 s, and each time after twice as long, up to a minute', async () => {
  using hook = await webhookAt();
  hook.how = 'refuse';
  const clock = new FakeClock();
  const waits: number[] = [];
  const shipping = shipped(hook.url, {
    ...{ now: () => clock.now(), every: clock.every.bind(clock) },
    after: (ms: number, run: () => void) => {
      waits.push(ms);
      return clock.after(ms, run);
    },
  } as Clock);
  write(1);
  for (let tries = 1; tries <= 8; tries++) {
    await eventually(() => expect(waits).toHaveLength(tries));
    clock.pass(waits.at(-1)!);
  }
  await eventually(() =>
    expect(waits.slice(0, 8)).toEqual([1, 2, 4, 8, 16, 32, 60, 60].map((s) => s * 1000)),
  );
  await shipping.close();
});

it('no batch has more than 200 records, nor more than 128 KiB of them', async () => {
  using hook = await webhookAt();
  const shipping = shipped(hook.url, new FakeClock());
  write(450);
  write(250, 'x'.repeat(1500));
  await eventually(() => expect(hook.got.flatMap(({ lines }) => lines)).toHaveLength(700));
  const sizes = hook.got.map(({ lines }) => [lines.length, lines.join('').length] as const);
  expect(Math.max(...sizes.map(([count]) => count))).toBe(200);
  expect(Math.max(...sizes.map(([, chars]) => chars))).toBeLessThanOrEqual(128 * 1024);
  await shipping.close();
});

it('a line that was cut, or is none, keeps nothing behind it from being sent', async () => {
  write(2);
  const [file] = auditFiles(auditFolder(root));
  const next = readFileSync(file!, 'utf8').split('\n')[1]!.replace('"n":2', '"n":3');
  appendFileSync(file!, `{"n":3,"at":\n\n[]\n${next}\n{"n":4,"at"`);
  expect((await written()).map(({ record }) => record.n)).toEqual([1, 2, 3]);
});

it('a file of positions that cannot be read is told, and what is written from then on is sent', async () => {
  using hook = await webhookAt();
  write(3);
  await shipped(hook.url, new FakeClock()).close();
  writeFileSync(positionFileOf(root), '{');
  const shipping = shipped(hook.url, new FakeClock());
  expect(told).toEqual([expect.stringContaining('How far the audit log was sent cannot be read')]);
  write(1);
  await eventually(() => expect(hook.got.flatMap(({ lines }) => lines)).toHaveLength(1));
  await shipping.close();
});

it('a position that cannot be written down is told once, and records are sent all the same', async () => {
  using hook = await webhookAt();
  mkdirSync(positionFileOf(root), { recursive: true });
  const shipping = shipped(hook.url, new FakeClock());
  for (let n = 1; n <= 3; n++) {
    write(1);
    await eventually(() => expect(hook.got.flatMap(({ lines }) => lines)).toHaveLength(n));
  }
  await shipping.close();
  expect(told.filter((text) => text.includes('cannot be written down'))).toHaveLength(1);
});
