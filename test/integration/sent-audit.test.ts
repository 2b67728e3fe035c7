import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { syslogAt, webhookAt } from '../../framework/master/test/shipping/receivers.js';
import { eventually } from '../helpers/cluster-process.js';
import { type LookedAtGame, lookedAtGame } from '../helpers/looked-at-game.js';

/* A real master sends what operators do to a syslog and a webhook, which are away at first. */

let hook: Awaited<ReturnType<typeof webhookAt>>;
let syslog: Awaited<ReturnType<typeof syslogAt>>;
let looked: LookedAtGame;

beforeAll(async () => {
  hook = await webhookAt();
  hook.how = 'refuse';
  syslog = await syslogAt();
  const receivers = [
    { kind: 'syslog', url: `tcp://127.0.0.1:${syslog.port}` },
    { kind: 'webhook', urlFile: 'audit.url' },
  ];
  looked = await lookedAtGame({ audit: { receivers } }, (root) =>
    writeFileSync(join(root, 'audit.url'), hook.url, { mode: 0o600 }),
  );
}, 60_000);

afterAll(async () => {
  await looked?.[Symbol.asyncDispose]();
  hook[Symbol.dispose]();
  await syslog.close();
});

const lines = () => {
  const folder = join(looked.game.root, '.pomelo-ts/audit');
  return readdirSync(folder).flatMap((file) =>
    readFileSync(join(folder, file), 'utf8').trimEnd().split('\n'),
  );
};

it('a master sends all that operators do, to each receiver as it takes it, and tells once of the one that does not', async () => {
  const { game } = looked;
  expect((await game.run('stop', 'chat-2')).code).toBe(0);
  const messages = () => syslog.got.map((message) => message.replace(/^.*? - /, ''));
  await eventually(() => messages().join() === lines().join(), 'all records by syslog', 30_000);
  expect(syslog.got.some((message) => / servers\.stop - \{.*"target":"chat-2"/.test(message))).toBe(true);
  const failed = /Records of the audit log cannot be sent/g;
  await eventually(() => failed.test(game.read('logs/master.log')), 'a word of it', 30_000);
  hook.how = 'take';
  const taken = () => hook.got.flatMap((batch) => batch.lines);
  await eventually(() => taken().join() === lines().join(), 'all records by the webhook', 70_000);
  const log = game.read('logs/master.log');
  expect(log.match(failed)).toHaveLength(1);
  expect(log).not.toContain('path-that-is-a-secret');
}, 150_000);
