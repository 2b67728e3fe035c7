import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, repositoryRoot, TestGame } from '../helpers/cluster-process.js';
import { freePort } from '../helpers/free-port.js';
import { RawClient } from '../helpers/raw-client.js';

interface Mistaken {
  readonly game: TestGame;
  readonly clientPort: number;
}

const handler = 'app/servers/chat/handler/mistakenHandler.js';

/** A game whose code is full of mistakes, in processes that run in the background or (`single`) not yet. */
async function mistakenGame(chat: object = {}): Promise<Mistaken> {
  const clientPort = await freePort();
  const game = await TestGame.make(
    {
      chat: [
        { id: 'chat-1', port: await freePort(), other: 'chat-2', ...chat },
        { id: 'chat-2', port: await freePort() },
      ],
      connector: [{ id: 'connector-1', port: await freePort(), clientPort, frontend: true }],
    },
    { ownBoot: true, env: { POMELO_TS_SECRET: 'of these integration tests' }, master: { stopTimeout: '4s' } },
  );
  const put = (file: string, text: string) => {
    mkdirSync(dirname(join(game.root, file)), { recursive: true });
    writeFileSync(join(game.root, file), text);
  };
  symlinkSync(join(repositoryRoot, 'node_modules'), join(game.root, 'node_modules'));
  put('package.json', '{"type":"module"}');
  put(handler, '');
  const helpers = join(repositoryRoot, 'test/helpers');
  copyFileSync(join(helpers, 'mistaken-app.js'), join(game.root, 'mistakes.js'));
  put(
    'app.js',
    `import app from './mistakes.js'; export * from './mistakes.js';
     export default { setUp(it) { it.route('chat', () => 'chat-1'); app.setUp(it); } };`,
  );
  copyFileSync(join(helpers, 'mistaken-handler.js'), join(game.root, handler));
  // Without a filter, on the frontend itself.
  put(
    'app/servers/connector/handler/bareHandler.js',
    `import { given, thrown } from '../../../../app.js';
     export default {
       gives: ({ what }) => given[what](),
       throws: ({ what }) => { throw thrown[what](); },
       rejects: async ({ what }) => { throw thrown[what](); },
     };`,
  );
  put(
    'app/servers/chat/remote/mistakenRemote.js',
    `import { given, thrown } from '../../../../app.js';
     export default { gives: (what) => given[what](), throws: (what) => { throw thrown[what](); } };`,
  );
  put(
    'app/servers/chat/cron/mistakenCron.js',
    `import { thrown } from '../../../../app.js';
     export default Object.fromEntries(Object.entries(thrown).map(([name, make]) => [name, async () => { throw make(); }]));`,
  );
  return { game, clientPort };
}

async function startInBackground(made: Mistaken): Promise<void> {
  const { code, stderr } = await made.game.run('start', '-D', '-e', 'production');
  if (code !== 0) throw new Error(stderr);
}

const names = (text: string) => text.split(' ');
const thrown = names('undefined null number symbol frozen object bare textless unreadable hostile');
const given = names('circular bigint function symbol badJson badThen noThen hostile');
const route = (method: string) => `chat.mistakenHandler.${method}`;

describe('a mistake of the game that costs its own request or task alone', () => {
  let made: Mistaken;
  let client: RawClient;
  let pid: unknown;
  beforeAll(async () => {
    made = await mistakenGame();
    await startInBackground(made);
    client = await RawClient.join(made.clientPort);
    pid = (await client.request(route('ping')))['pong'];
  });
  afterAll(async () => {
    await client[Symbol.asyncDispose]();
    await made.game[Symbol.asyncDispose]();
  });
  const log = () => made.game.read('logs/chat-1.log');
  const counters = async () => {
    const { stdout } = await made.game.run('list', '--json');
    const rows = JSON.parse(stdout) as { id: string; counters: Record<string, number> }[];
    return rows.find(({ id }) => id === 'chat-1')!.counters;
  };

  it.each(thrown)('is to throw %s in a handler, a filter, a cron or a remote', async (what) => {
    for (const handler of ['connector.bareHandler', 'chat.mistakenHandler'])
      for (const method of ['throws', 'rejects'])
        expect(await client.request(`${handler}.${method}`, { what })).toMatchObject({ code: 500 });
    for (const filter of [{ filter: what }, { after: what }])
      expect(await client.request(route('ping'), filter)).toMatchObject({ code: 500 });
    expect(await client.request(route('gets'), { what, from: 'throws' })).toEqual({ failed: 'REMOTE_THREW' });
    expect(await client.request(route('cron'), { what })).toEqual({ ran: false });
    expect(await client.request(route('ping'))).toEqual({ pong: pid });
  });

  it.each(given)('is to answer with %s in a handler or a remote', async (what) => {
    for (const handler of ['connector.bareHandler', 'chat.mistakenHandler'])
      expect(await client.request(`${handler}.gives`, { what })).toMatchObject({ code: 500 });
    const answer = await client.request(route('gets'), { what, from: 'gives' });
    // Values that RPC can carry and JSON cannot are none of its mistakes.
    expect(answer).toSatisfy((it: object) => 'failed' in it || 'got' in it);
    expect(await client.request(route('ping'))).toEqual({ pong: pid });
  });

  it('is an error whose data cannot be sent: its code and message still are', async () => {
    expect(await client.request(route('gives'), { what: 'badData' })).toEqual({
      code: 'CODE',
      message: 'CODE',
    });
  });

  it('is to settle an answer twice, or to fail a request twice', async () => {
    expect(await client.request(route('twice'))).toEqual({ first: 1 });
    expect(await client.request(route('ping'), { filter: 'fails twice' })).toMatchObject({ code: 500 });
    expect(client.answers.length).toBe(new Set(client.answers.map(({ id }) => id)).size);
  });

  it.each([
    ['rpc', 'frozen'],
    ['rpcToNobody', 'No server of type nobody'],
    ['deliver', 'Channel gone was destroyed'],
    ['bind', 'Expected a uid'],
    ['sessionPush', ''],
    ['timer', 'of an async timer'],
    ['nothing', ''],
    ['hostile', ''],
  ])('is a promise that nobody waits for: %s', async (what, reason) => {
    const before = (await counters())['process.unhandledRejections'] ?? 0;
    expect(await client.request(route('left'), { what })).toEqual({ begun: what });
    await eventually(
      async () => ((await counters())['process.unhandledRejections'] ?? 0) === before + 1,
      'one more unhandled rejection',
    );
    expect(log()).toContain('a promise failed and nobody had waited for it');
    expect(log()).toContain(reason);
    expect(await client.request(route('ping'))).toEqual({ pong: pid });
  });

  it.each([
    ['push', 'Channel gone was destroyed'],
    ['add', 'Channel gone was destroyed'],
    ['notify', 'nobody'],
    ['circular', 'The push onHere cannot be sent'],
  ])('is a call that is refused where nobody can catch it, in a timer: %s', async (what, reason) => {
    const before = (await counters())['process.uncaughtRefusals'] ?? 0;
    expect(await client.request(route('left'), { what })).toEqual({ begun: what });
    await eventually(
      async () => ((await counters())['process.uncaughtRefusals'] ?? 0) === before + 1,
      'one more refusal',
    );
    expect(log()).toContain('a call of the game was refused, and nobody caught the error');
    expect(log()).toContain(reason);
    expect(log()).toContain('mistakenHandler.js');
    expect(await client.request(route('ping'))).toEqual({ pong: pid });
  });

  it('is a listener that throws: of sessions, channels, the app or the registry', async () => {
    {
      await using other = await RawClient.join(made.clientPort);
      for (const what of ['onClosed', 'listener', 'onLeave'])
        expect(await other.request(route('left'), { what })).toEqual({ begun: what });
    }
    await eventually(() => log().includes('of an async listener'), 'the end of the session');
    expect(log()).toContain('of onSessionClosed');
    expect(log()).toContain('a listener for members leaving left failed');
    // The registry changes, and its listeners of the framework go on: who comes can be called.
    const fields = ['serverType=chat', 'id=chat-3', `port=${await freePort()}`];
    expect(await made.game.run('add', ...fields)).toMatchObject({ code: 0 });
    await eventually(() => log().includes('a listener for changes of the cluster failed'), 'the listener');
    expect(await client.request(route('ping'))).toEqual({ pong: pid });
  });

  it('leaves the server as it was: one process, no restart', async () => {
    const rows = await made.game.rows();
    expect(rows['chat-1']).toMatchObject({ pid, restarts: 0, state: 'ready' });
    for (const row of Object.values(rows)) expect(row).toMatchObject({ restarts: 0, state: 'ready' });
  });
});

describe('a mistake of the game that ends its server', () => {
  it('is told with its place: an error in a timer, and process.exit; the server comes back', async () => {
    const made = await mistakenGame();
    await using _ = made.game;
    await startInBackground(made);
    await using client = await RawClient.join(made.clientPort);
    const log = () => made.game.read('logs/chat-1.log');
    for (const [method, line, place] of [
      ['die', 'an error that nobody caught ends this server', 'of a timer'],
      ['exit', 'code of the game ends this process with code 3', 'mistakenHandler.js'],
    ] as const) {
      const { pid, restarts } = (await made.game.rows())['chat-1']!;
      client.notify(route(method));
      await eventually(() => log().includes(line), line);
      expect(
        log()
          .split('\n')
          .find((one) => one.includes(line)),
      ).toContain(place);
      await eventually(async () => {
        const row = (await made.game.rows())['chat-1']!;
        return row.state === 'ready' && row.pid !== pid && row.restarts === restarts + 1;
      }, 'that chat-1 is back');
    }
  });

  it('is no onStop that never ends: the stop goes on without it', async () => {
    const made = await mistakenGame({ hangs: true });
    await using _ = made.game;
    await startInBackground(made);
    const { code, stdout } = await made.game.run('stop');
    expect({ code, killed: stdout.includes('kill') }).toEqual({ code: 0, killed: false });
    const log = made.game.read('logs/chat-1.log');
    expect(log).toContain('an onStop of the game failed');
    expect(log).toMatch(/an onStop did not end within \d+ ms/);
    expect(log).not.toContain('code of the game ends this process');
  });

  it('ends all of them in one process, and a promise that nobody waits for none', async () => {
    const made = await mistakenGame();
    await using _ = made.game;
    const single = made.game.begin('start', '--single');
    await single.says('All in this process');
    await using client = await RawClient.join(made.clientPort);
    await client.request(route('left'), { what: 'timer' });
    await single.says('of an async timer');
    await client.request(route('left'), { what: 'push' });
    await single.says('a call of the game was refused');
    expect(await client.request(route('ping'))).toMatchObject({ pong: single.child.pid });
    client.notify(route('die'));
    const { code, stdout } = await single.ended;
    expect(stdout).toContain('an error that nobody caught ends this server');
    expect(code).toBe(1);
  });
});
