import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../helpers/cluster-process.js';
import { type LookedAtGame, lookedAtGame, saidToConsole } from '../helpers/looked-at-game.js';

/* A real cluster in production, whose game lets operators look at rooms and at things that are odd. */

const app = `const rooms = new Map();
for (let n = 1; n <= 1500; n++) rooms.set('room-' + n, { players: [{ uid: 'ann', token: 't0', cards: [1, 2] }], round: n });
export default { setUp(app) {
  if (app.serverType !== 'chat') return;
  if (app.serverId === 'chat-1') app.inspector('room', { ids: () => rooms.keys(), inspect: (id) => rooms.get(id), redact: ['cards'] });
  if (app.serverId === 'chat-2') {
    app.inspector('broken', { ids: () => { throw new Error('no rooms yet'); }, inspect: () => 1 });
    app.inspector('endless', { *ids() { for (let n = 0; ; n++) yield 'r' + n; }, inspect: () => 1 });
  }
  app.inspector('odd', {
    ids: () => ['throws', 'hangs', 'cycle', 'function', 'huge', '\\u001b[31mred', 7],
    inspect: (id) => {
      if (id === 'throws') throw new Error('no such round');
      if (id === 'hangs') return new Promise(() => {});
      if (id === 'cycle') { const one = {}; one.one = one; return one; }
      if (id === 'function') return () => 1;
      if (id === 'huge') return { text: 'x'.repeat(200_000) };
      return { id };
    },
  });
} };`;

let looked: LookedAtGame;
beforeAll(async () => {
  looked = await lookedAtGame({}, (root) => writeFileSync(join(root, 'app.js'), app));
});
afterAll(() => looked[Symbol.asyncDispose]());

const run = (...args: string[]) => looked.game.run('inspect', ...args, '-e', 'production');

describe('pomelo-ts inspect', () => {
  it('lists what games let operators look at, by server and kind, and no more than was asked for', async () => {
    const { code, stdout } = await run('chat-1', 'room', '--limit', '2', '--prefix', 'room-10');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^server +kind +id$/m);
    expect(stdout).toMatch(/^chat-1 +room +room-10\nchat-1 +room +room-100\nchat-1 +room +and 10\d more$/m);
    const all = await run('chat-2', 'odd');
    expect(all.stdout).not.toContain('room');
    expect(all.stdout).toMatch(/chat-2 +odd +hangs/);
    expect(all.stdout).not.toContain('\u001b');
    expect(await run('connector-1')).toMatchObject({
      code: 0,
      stdout: '',
      stderr:
        'nothing is there to be looked at on connector-1: games name it by app.inspector (docs/guides/monitoring.md)\n',
    });
  });

  it('names the kind of which the game throws, cuts one that has no end, and lists the others', async () => {
    const { code, stdout, stderr } = await run('chat-2', '--limit', '2');
    expect(code).toBe(1);
    expect(stderr).toBe('the game on chat-2 could not tell its things of the kind broken: no rooms yet\n');
    expect(stdout).toMatch(
      /chat-2 +endless +r0\nchat-2 +endless +r1\nchat-2 +endless +and more: not all were gone through\n/,
    );
    expect(stdout).toMatch(/chat-2 +odd +cycle/);
    expect(looked.game.read('logs/chat-2.log')).toContain('The game could not tell what there is');
  });

  it('tells that there is no such server', async () => {
    const { code, stderr } = await run('chat-77');
    expect(code).toBe(2);
    expect(stderr).toContain('chat-77');
    expect(stderr).toContain('chat-1');
  });

  it('shows one of them as the game gives it, without what is secret, and writes down who has looked', async () => {
    const { code, stdout } = await run('chat-1', 'room', 'room-7');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ players: [{ uid: 'ann', token: '***', cards: '***' }], round: 7 });
    const audit = async () =>
      (await looked.game.run('audit', '--json', '--verb', 'inspect.show', '-e', 'production')).stdout;
    await eventually(async () => (await audit()).includes('room-7'), 'the record');
  });

  it.each([
    [['chat-1', 'room', 'gone'], 'chat-1 shows no room gone: it is not there'],
    [
      ['chat-2', 'room', 'room-7'],
      'chat-2 shows no room room-7: it is not there, or the game has no inspector of that kind',
    ],
    [['chat-1', 'odd', 'throws'], 'no such round'],
    [['chat-1', 'odd', 'hangs'], 'there was no answer within 500 ms'],
    [['chat-1', 'odd', 'cycle'], 'circular'],
    [['chat-1', 'odd', 'function'], 'what it shows of function is no data'],
    [['chat-9', 'room', 'room-7'], 'chat-9'],
  ])('tells why it cannot show %j', async (args, reason) => {
    const { code, stderr } = await run(...args);
    expect(code).not.toBe(0);
    expect(stderr).toContain(reason);
    expect(stderr).not.toContain('    at ');
  });

  it('shows the begin of what is too long', async () => {
    const { code, stdout } = await run('chat-1', 'odd', 'huge');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^\{"text":"x{60000,}\n\(this is the begin: it is too long to be shown whole\)\n$/,
    );
  });

  it('is a verb of the console, too', async () => {
    const { stdout } = await saidToConsole(looked.game, 'inspect.show id=chat-1 kind=room thing=room-3');
    expect(stdout).toContain('"round": 3');
  });
});
