import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../helpers/cluster-process.js';
import { type LookedAtGame, lookedAtGame } from '../helpers/looked-at-game.js';

/* A real master tells a real receiver of a server that was killed. */

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

beforeAll(async () => {
  robot.listen(0, '127.0.0.1');
  await once(robot, 'listening');
  const at = `http://127.0.0.1:${(robot.address() as AddressInfo).port}`;
  const receivers = [
    { shape: 'slack', urlFile: 'robot.url' },
    { shape: 'feishu', url: `${at}/feishu`, severity: 'page' },
    { shape: 'slack', urlFile: 'open.url' },
  ];
  looked = await lookedAtGame({ alerts: { receivers, after: '1s' } }, (root) => {
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
    'pomelo-ts production\nwarn: chat-2: gone: signal SIGKILL (pomelo-ts logs chat-2)',
  );
  expect(got.filter(({ path }) => path !== '/slack')).toEqual([]);
  expect(game.read('logs/master.log')).toMatch(/open\.url has mode 0644, so others may read it/);
});
