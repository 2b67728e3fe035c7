import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AdminClient } from '../helpers/admin-client.js';
import { eventually } from '../helpers/cluster-process.js';
import { freePort } from '../helpers/free-port.js';
import { type LookedAtGame, lookedAtGame } from '../helpers/looked-at-game.js';

/* A real master tells a real receiver of a server that was killed, and of somebody who guesses passwords. */

const got: {
  readonly path: string;
  readonly body: { readonly text?: string; readonly content?: { text: string } };
}[] = [];
const robot = createServer((request, response) => {
  let text = '';
  request
    .on('data', (part) => (text += part))
    .on('end', () => {
      got.push({ path: request.url!, body: JSON.parse(text) });
      response.end('ok');
    });
});
let looked: LookedAtGame;
let adminPort: number;

beforeAll(async () => {
  robot.listen(0, '127.0.0.1');
  await once(robot, 'listening');
  const at = `http://127.0.0.1:${(robot.address() as AddressInfo).port}`;
  const receivers = [
    { shape: 'slack', urlFile: 'robot.url' },
    { shape: 'feishu', url: `${at}/feishu`, severity: 'page' },
    { shape: 'slack', urlFile: 'open.url' },
  ];
  adminPort = await freePort();
  const master = { alerts: { receivers, after: '1s' }, admin: { port: adminPort } };
  looked = await lookedAtGame(master, (root) => {
    writeFileSync(join(root, 'robot.url'), `${at}/slack\n`, { mode: 0o600 });
    writeFileSync(join(root, 'open.url'), `${at}/open\n`, { mode: 0o644 });
  });
}, 60_000);

afterAll(async () => {
  await looked?.[Symbol.asyncDispose]();
  robot.close();
});

it('a master tells its receivers of what is wrong, each of what it wants, and of no file that others may read', async () => {
  const { game } = looked;
  const { 'chat-2': chat } = await game.rows();
  process.kill(chat!.pid!, 'SIGKILL');
  const told = await eventually(() => got.find(({ path }) => path === '/slack'), 'a message', 60_000);
  expect(told.body.text).toBe(
    'pomelo-ts production\npage: chat-2: gone: signal SIGKILL (pomelo-ts logs chat-2)',
  );
  const wantsPages = await eventually(() => got.find(({ path }) => path === '/feishu'), 'a page', 60_000);
  expect(wantsPages.body.content?.text).toBe(told.body.text);
  expect(got.filter(({ path }) => path === '/open')).toEqual([]);
  expect(game.read('logs/master.log')).toMatch(/open\.url has mode 0644, so others may read it/);
});

it('a master tells of tries to sign in to its admin that fail again and again, and its log from where', async () => {
  for (let n = 0; n < 25; n++)
    expect((await new AdminClient(adminPort).signIn('nobody', `guess number ${n}`)).status).toBeGreaterThan(
      400,
    );
  const what = /^warn: admin: 2\d tries to sign in have failed within a minute \(pomelo-ts account\)$/m;
  await eventually(() => got.find(({ body }) => what.test(body.text ?? '')), 'a message', 40_000);
  expect(got.filter(({ path, body }) => path === '/feishu' && what.test(body.content?.text ?? ''))).toEqual(
    [],
  );
  expect(looked.game.read('logs/master.log')).toMatch(
    /"address":"127\.0\.0\.1","failures":5,"msg":"Signing in to the admin has failed again and again/,
  );
});
