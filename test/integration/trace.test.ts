import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandText, eventually } from '../helpers/cluster-process.js';
import { type LookedAtGame, lookedAtGame, lookedAtSecret } from '../helpers/looked-at-game.js';
import { RawClient } from '../helpers/raw-client.js';
import { Screen } from '../helpers/screen.js';

/* What one user does and gets, on all servers of a real cluster. */

let looked: LookedAtGame;

beforeAll(async () => {
  looked = await lookedAtGame();
});

afterAll(() => looked[Symbol.asyncDispose]());

const env = { POMELO_TS_SECRET: lookedAtSecret };

/** `pomelo-ts trace` of a user, and what it has printed. */
function traceOf(...words: string[]) {
  const running = execFile('sh', [
    '-c',
    `exec ${commandText(looked.game, `trace ${words.join(' ')} -e production`, { env })}`,
  ]);
  const told = { out: '', err: '', code: undefined as number | null | undefined };
  running.stdout!.on('data', (text) => (told.out += text));
  running.stderr!.on('data', (text) => (told.err += text));
  running.on('close', (code) => (told.code = code));
  return { running, told, ended: once(running, 'close') };
}

describe('pomelo-ts trace', () => {
  it('tells requests with code and time on frontend and backend, joins, the end of the session and nobody else’s, and is written down once', async () => {
    await using ann = await RawClient.join(looked.clientPort);
    await ann.request('connector.entryHandler.enter', { uid: 42 });
    await using bob = await RawClient.join(looked.clientPort);
    await bob.request('connector.entryHandler.enter', { uid: 'bob' });
    const { told, ended } = traceOf('42', '--for', '8s');
    await eventually(async () => {
      await ann.request('chat.chatHandler.say', {});
      return told.out.includes('chatHandler.say');
    }, 'the trace has begun');
    await ann.request('chat.chatHandler.join', { room: 'lobby' });
    await ann.request('chat.chatHandler.slow', {});
    await ann.request('chat.chatHandler.fail', {}).catch(() => {});
    await bob.request('chat.chatHandler.burn', {});
    await ann[Symbol.asyncDispose]();
    await ended;
    expect(told.err).toMatch(/^what 42 does and gets, on all servers, for 8s; Ctrl-C ends it$/m);
    expect(told.err).toMatch(/^the time is over: \d+ lines$/m);
    expect(told.code).toBe(0);
    expect(told.out).toMatch(
      /^\d\d:\d\d:\d\d\.\d{3} -> request +chat\.chatHandler\.say \d+B at connector-1$/m,
    );
    expect(told.out).toMatch(/<- answer +chat\.chatHandler\.say 200 [\d.]+ms \d+B at connector-1$/m);
    expect(told.out).toMatch(
      /worked +chat\.chatHandler\.slow ok (7[5-9]|[89]\d|\d{3,})[\d.]*ms at chat-\d$/m,
    );
    expect(told.out).toMatch(/<- answer +chat\.chatHandler\.fail 500 .* at connector-1$/m);
    expect(told.out).toMatch(/joined +lobby at chat-\d$/m);
    expect(told.out).toMatch(/!! ended .* at connector-1$/m);
    expect(told.out).not.toContain('burn');
    const audit = await looked.game.run('audit', '--verb', 'users.trace', '-e', 'production');
    expect(audit.stdout.match(/users\.trace/g)).toHaveLength(1);
  });

  it('is bounded in lines, tells how many it has left out, and ends when whoever traces goes', async () => {
    await using client = await RawClient.join(looked.clientPort);
    await client.request('connector.entryHandler.enter', { uid: 'flood' });
    const { told, ended, running } = traceOf('flood');
    await eventually(async () => {
      await Promise.all(Array.from({ length: 200 }, () => client.request('chat.chatHandler.say', {})));
      return told.out.includes('lines were left out');
    }, 'more than it tells');
    running.kill('SIGINT');
    await ended;
    expect(told.code).toBe(0);
    const lines = told.out.split('\n').filter((line) => line.includes('connector-1')).length;
    expect(lines).toBeGreaterThan(100);
  });

  it('refuses a time that makes no sense', async () => {
    const { told, ended } = traceOf('42', '--for', 'ever');
    await ended;
    expect([told.code, told.err]).toEqual([2, expect.stringContaining('from 1s to 1h')]);
  });
});

describe('a trace on the screen of pomelo-ts top', () => {
  it('goes on beside the table until esc, and is of the selected user where none is named', async () => {
    await using client = await RawClient.join(looked.clientPort);
    await client.request('connector.entryHandler.enter', { uid: 'carl' });
    const term = { ...env, TERM: 'screen-256color' };
    using screen = new Screen(
      `cd ${looked.game.root}; ${commandText(looked.game, 'top -e production --view users', { env: term })}`,
      { columns: 100, rows: 24 },
    );
    await screen.shows('carl');
    screen.press(':');
    screen.type('trace uid carl --for 5m');
    screen.press('Enter');
    await screen.shows('trace of carl, followed');
    await eventually(async () => {
      await client.request('chat.chatHandler.say', {});
      return /<- answer +chat\.chatHandler\.say 200 [\d.]+ms \d+B at connector-1/.test(screen.text());
    }, 'the answer on the screen');
    screen.press('Escape');
    await screen.shows('users 1; by trouble');
    screen.type('/carl');
    screen.press('Enter');
    await screen.shows('filter carl');
    screen.press(':');
    screen.type('trace');
    screen.press('Enter');
    await screen.shows('trace of carl, followed');
    screen.press('Escape');
    await screen.shows('filter carl'); // else the two keys may come as one
    screen.press(':');
    screen.type('trace carl 5years');
    screen.press('Enter');
    await screen.shows('expected a uid, and for how long');
  });
});
