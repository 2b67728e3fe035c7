import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Logger, Measures, silentLogger } from '@pomelo-ts/common';
import { FakeClock } from '@pomelo-ts/common/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Certificates } from '../../../../test/helpers/certificates.js';
import { auditFiles, auditFolder } from '../../src/audit/audit-files.js';
import { AuditLog } from '../../src/audit/audit-log.js';
import { AuditTail } from '../../src/shipping/audit-tail.js';
import { positionFileOf } from '../../src/shipping/position-file.js';
import type { AuditSettings } from '../../src/shipping/receivers-of.js';
import { Shipper } from '../../src/shipping/shipper.js';
import { Shipping } from '../../src/shipping/shipping.js';
import { WebhookReceiver } from '../../src/shipping/webhook-receiver.js';
import { datagramsAt, syslogAt, webhookAt } from './receivers.js';

let root: string;
let audit: AuditLog;
let clock: FakeClock;
let measures: Measures;
let told: { readonly level: string; readonly text: string; readonly facts: object }[];

const logger = (): Logger => {
  const line = (level: string) => (text: string, facts?: object) =>
    void told.push({ level, text, facts: facts ?? {} });
  return { ...silentLogger, info: line('info'), warn: line('warn'), error: line('error') };
};

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'pomelo-ts-shipping-'));
  audit = new AuditLog({ root, wallTime: () => Date.UTC(2026, 0, 1), fileBytes: 4000 });
  clock = new FakeClock();
  measures = new Measures();
  told = [];
});

afterEach(() => {
  audit.close();
  rmSync(root, { recursive: true });
});

type ReceiverSettings = AuditSettings['receivers'][number];
const shipped = (...receivers: ReceiverSettings[]) =>
  new Shipping({
    settings: { receivers },
    root,
    env: 'production',
    audit,
    measures,
    clock,
    logger: logger(),
  });
const write = (count: number, verb = 'servers.stop') => {
  for (let n = 0; n < count; n++) audit.append({ verb, by: '安娜', via: 'http', result: 'done' });
};
/** All lines of the files, as they are. */
const lines = () =>
  auditFiles(auditFolder(root)).flatMap((file) => readFileSync(file, 'utf8').trimEnd().split('\n'));
const measured = (name: string) => {
  for (const family of measures.all) family.refresh();
  return [...measures.all].find((family) => family.definition.name === name)?.rows[0]?.slots[0];
};
const eventually = (isSo: () => void) => vi.waitFor(isSo, 15_000);
/** As {@link eventually}, while time passes. */
const inTime = (isSo: () => void) =>
  vi.waitFor(() => {
    clock.pass(60_000);
    isSo();
  }, 20_000);

describe('records of the audit log that are sent to a webhook', () => {
  it('are the lines of its files as they are, in their order, over several files', async () => {
    using hook = await webhookAt();
    const shipping = shipped({ kind: 'webhook', url: hook.url });
    write(50);
    await eventually(() => expect(hook.got.flatMap((batch) => batch.lines)).toEqual(lines()));
    expect(auditFiles(auditFolder(root)).length).toBeGreaterThan(2);
    expect(hook.got[0]!.request.headers['content-type']).toBe('application/x-ndjson');
    await eventually(() => expect([measured('audit.shipped'), measured('audit.unshipped')]).toEqual([50, 0]));
    await shipping.close();
  });

  it('begin with what is written once it is a receiver, and go on after a restart from where it was', async () => {
    using hook = await webhookAt();
    write(3, 'before.it');
    const first = shipped({ kind: 'webhook', url: hook.url });
    write(2);
    await eventually(() => expect(hook.got.flatMap((batch) => batch.lines)).toEqual(lines().slice(3)));
    await first.close();
    write(4, 'in.between');
    const second = shipped({ kind: 'webhook', url: hook.url });
    await eventually(() => expect(hook.got.flatMap((batch) => batch.lines)).toEqual(lines().slice(3)));
    await second.close();
  });

  it('wait in the files while it refuses, and all come once it takes them; the log tells it once', async () => {
    using hook = await webhookAt();
    hook.how = 'refuse';
    writeFileSync(join(root, 'token'), 'a-token-of-mine\n', { mode: 0o600 });
    const shipping = shipped({ kind: 'webhook', url: hook.url, tokenFile: 'token' });
    write(5);
    await inTime(() => expect(hook.tries).toBeGreaterThan(3));
    write(5);
    expect(measured('audit.unshipped')).toBe(10);
    expect(measured('audit.shipFailures')).toBeGreaterThan(2);
    expect(told.map(({ text }) => text)).toEqual([
      'Records of the audit log cannot be sent: they wait in its files, and are sent again.',
    ]);
    const facts = JSON.stringify(told);
    expect(facts).toContain('it answered 503 busy, Bearer ***');
    expect(facts).not.toMatch(/a-token-of-mine|path-that-is-a-secret/);
    hook.how = 'take';
    await inTime(() => expect(hook.got.flatMap((batch) => batch.lines)).toEqual(lines()));
    expect(hook.got[0]!.request.headers.authorization).toBe('Bearer a-token-of-mine');
    await eventually(() => expect(told.at(-1)?.text).toBe('Records of the audit log are sent again.'));
    expect(told).toHaveLength(2);
    await shipping.close();
  });

  it('are sent again when it hangs, by its deadline, and nobody who writes waits for that', async () => {
    using hook = await webhookAt();
    hook.how = 'hang';
    write(1);
    const kept: number[] = [];
    const counters = ['shipped', 'failures', 'missed'].map((name) => [
      name,
      measures.make({ kind: 'counter', name: `test.${name}`, help: 'x' }),
    ]);
    const shipper = new Shipper({
      receiver: new WebhookReceiver({ url: new URL(hook.url) }),
      tail: new AuditTail(root),
      position: 0,
      keep: (n) => void kept.push(n),
      ...{ clock, logger: logger(), answerMs: 200 },
      ...(Object.fromEntries(counters) as Pick<
        ConstructorParameters<typeof Shipper>[0],
        'shipped' | 'failures' | 'missed'
      >),
    });
    shipper.wake();
    await inTime(() => expect(hook.tries).toBeGreaterThan(1));
    expect(JSON.stringify(told)).toMatch(/timeout/);
    hook.how = 'take';
    await inTime(() => expect(kept).toEqual([1]));
    await shipper.close(1000);
  });

  it('are all sent that were written just before its master ends, and the position is written down', async () => {
    using hook = await webhookAt();
    const shipping = shipped({ kind: 'webhook', url: hook.url });
    write(7);
    await shipping.close();
    expect(hook.got.flatMap((batch) => batch.lines)).toEqual(lines());
    expect(JSON.parse(readFileSync(positionFileOf(root), 'utf8'))).toEqual({
      [`webhook ${new URL(hook.url).origin}`]: 7,
    });
  });

  it('are told as missed when their file was taken away before they were sent', async () => {
    using hook = await webhookAt();
    const first = shipped({ kind: 'webhook', url: hook.url });
    write(2);
    await first.close();
    write(60);
    const [, second] = auditFiles(auditFolder(root));
    const gone = readFileSync(second!, 'utf8').trimEnd().split('\n').length;
    rmSync(second!);
    const next = shipped({ kind: 'webhook', url: hook.url });
    await eventually(() => expect(hook.got.flatMap((batch) => batch.lines)).toEqual(lines()));
    await eventually(() => expect(measured('audit.shipMissed')).toBe(gone));
    expect(told.map(({ text }) => text)).toEqual([
      expect.stringMatching(/^Records of the audit log were never sent/),
    ]);
    await next.close();
  });

  it('are those of a log that was begun anew, too', async () => {
    using hook = await webhookAt();
    const first = shipped({ kind: 'webhook', url: hook.url });
    write(9);
    await first.close();
    audit.close();
    rmSync(auditFolder(root), { recursive: true });
    audit = new AuditLog({ root, wallTime: () => 0 });
    write(2, 'of.anew');
    const next = shipped({ kind: 'webhook', url: hook.url });
    await eventually(() => expect(hook.got.flatMap((batch) => batch.lines).slice(9)).toEqual(lines()));
    await next.close();
  });

  it('are none that another master has overtaken', async () => {
    using hook = await webhookAt();
    const shipping = shipped({ kind: 'webhook', url: hook.url });
    const other = new AuditLog({ root, wallTime: () => 0, writer: () => 'm2' });
    write(1);
    other.append({ verb: 'of.other', by: 'm2', via: 'link', result: 'done' });
    write(1);
    await shipping.close();
    const later = shipped({ kind: 'webhook', url: hook.url });
    await eventually(() => expect(hook.got.flatMap((batch) => batch.lines)).toHaveLength(3));
    expect(hook.got.flatMap((batch) => batch.lines).map((line) => JSON.parse(line).n)).toEqual([1, 2, 3]);
    await later.close();
    other.close();
  });
});

describe('records of the audit log that are sent to a syslog', () => {
  const message = /^<109>1 2026-01-01T00:00:00\.000Z \S+ pomelo-ts-production \d+ servers\.stop - (\{.*\})$/;

  it('are datagrams of RFC 5424 by UDP', async () => {
    using syslog = await datagramsAt();
    const shipping = shipped({ kind: 'syslog', url: `udp://127.0.0.1:${syslog.port}` });
    write(3);
    await eventually(() => expect(syslog.got.map((text) => message.exec(text)?.[1])).toEqual(lines()));
    await shipping.close();
  });

  it('are counted messages by TCP, and warn of what was refused', async () => {
    await using syslog = await syslogAt();
    const shipping = shipped({ kind: 'syslog', url: `tcp://127.0.0.1:${syslog.port}` });
    write(3);
    audit.append({ verb: 'servers.kill', by: 'bo', via: 'http', result: 'refused', code: 'ROLE_LACKING' });
    await eventually(() => expect(syslog.got.map((text) => text.replace(/^.*? - /, ''))).toEqual(lines()));
    expect(syslog.got.at(-1)).toMatch(/^<108>1 /);
    await shipping.close();
  });

  it('are encrypted by TLS for the one whose certificate is known, and for nobody else', async () => {
    using made = new Certificates();
    const { key, cert } = made.member;
    await using syslog = await syslogAt({ key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') });
    const url = `tls://127.0.0.1:${syslog.port}`;
    const strict = shipped({ kind: 'syslog', url });
    write(2);
    await eventually(() => expect(JSON.stringify(told)).toMatch(/certificate/));
    await strict.close();
    expect(syslog.got).toEqual([]);
    const trusting = shipped({ kind: 'syslog', url, caFile: made.ca });
    await eventually(() => expect(syslog.got.map((text) => text.replace(/^.*? - /, ''))).toEqual(lines()));
    await trusting.close();
  });

  it('are sent again when it goes away in the middle, and come back when it does', async () => {
    const gone = await syslogAt(undefined, { end: false });
    const shipping = shipped({ kind: 'syslog', url: `tcp://127.0.0.1:${gone.port}` });
    write(4);
    await eventually(() => expect(gone.got).toHaveLength(4));
    await gone.close(); // it has read all, and has not said so
    await eventually(() => expect(measured('audit.shipFailures')).toBe(1));
    await using back = await syslogAt(undefined, { port: gone.port });
    await inTime(() => expect(back.got.map((text) => text.replace(/^.*? - /, ''))).toEqual(lines()));
    expect(measured('audit.unshipped')).toBe(0);
    await shipping.close();
  });
});

describe('a receiver of records that makes no sense', () => {
  it.each([
    [
      'a file that others may read',
      { kind: 'webhook', urlFile: 'open' },
      /open has mode 0644, so others may read it/,
    ],
    [
      'an address by plain HTTP elsewhere',
      { kind: 'webhook', urlFile: 'plain' },
      /expected an address by HTTPS.* in plain/,
    ],
    [
      'a file that is not there',
      { kind: 'syslog', url: 'tls://a:1', caFile: 'none.pem' },
      /ENOENT.*none\.pem/,
    ],
  ] as const)('is told in the log, and no master ends by it: %s', async (_, settings, problem) => {
    writeFileSync(join(root, 'open'), 'https://a.example/', { mode: 0o644 });
    writeFileSync(join(root, 'plain'), 'http://a.example/', { mode: 0o600 });
    using hook = await webhookAt();
    const shipping = shipped(settings, { kind: 'webhook', url: hook.url });
    write(1);
    await eventually(() => expect(hook.got).toHaveLength(1));
    expect(JSON.stringify(told)).toMatch(problem);
    await shipping.close();
  });
});
