import { FakeClock } from '@pomelo-ts/common/testing';
import { describe, expect, it } from 'vitest';
import { RawClient } from '../../../test/helpers/raw-client.js';
import type { GameParts } from '../../../test/helpers/temporary-game.js';
import { poll } from './poll.js';
import { type RunningGame, type StartOptions, startGame } from './running-game.js';

const handler = (says: string, more = '') => `
import { suffix } from '../../../shared.js';
let count = 0;
export default class {
  say() { return { says: '${says}' + suffix, count: ++count }; }
  ${more}
}
`;
const paths = {
  handler: 'app/servers/chat/handler/chatHandler.js',
  other: 'app/servers/chat/handler/otherHandler.js',
  remote: 'app/servers/chat/remote/chatRemote.js',
  filter: 'app/servers/chat/filter/mark.js',
  cron: 'app/servers/chat/cron/chatCron.js',
};

async function start(
  config: object = {},
  options: StartOptions = {},
): Promise<{ game: RunningGame; client: RawClient } & AsyncDisposable> {
  const parts: GameParts = {
    servers: { chat: [{ id: 'chat-1' }], connector: [{ id: 'connector-1', frontend: true }] },
    modules: {
      'app/shared.js': `export const suffix = '!';`,
      [paths.handler]: handler('old'),
      [paths.other]: handler('other'),
      [paths.remote]: `export default { version: () => 1 };`,
      [paths.filter]: `export default { before: (msg) => { msg.mark = 1; } };`,
      [paths.cron]: `export default { tick: () => { globalThis.reloadedCron = 1; } };`,
    },
    handlers: {
      connector: {
        handler: (app) => ({
          ask: async () => ({ version: await app.rpc['chat']!['chatRemote']!['version']!(1) }),
        }),
      },
    },
    config: { ...config, crons: { chat: [{ id: 'tick', time: '0 0 0 1 1 *', action: 'chatCron.tick' }] } },
    settings: { client: { dictionary: false } },
  };
  const game = await startGame(parts, options);
  const client = await RawClient.join(game.port('connector-1'));
  // Files are remembered right after the start.
  await new Promise((resolve) => setImmediate(resolve));
  return {
    game,
    client,
    [Symbol.asyncDispose]: async () => {
      await client[Symbol.asyncDispose]();
      await game[Symbol.asyncDispose]();
    },
  };
}

describe('a reload', () => {
  it('takes changed handlers, remotes, filters and crons into use; the connection and all else stay', async () => {
    await using running = await start();
    const { game, client } = running;
    const server = game.servers.get('chat-1')!;
    expect(await client.request('chat.chatHandler.say')).toEqual({ says: 'old!', count: 1 });
    expect(await client.request('chat.otherHandler.say')).toMatchObject({ count: 1 });
    expect(await client.request('connector.handler.ask')).toEqual({ version: 1 });
    expect(await client.request('chat.chatHandler.echo')).toMatchObject({ code: 404 });
    game.files.write(paths.handler, handler('new', 'echo(msg) { return msg; }'));
    game.files.write(paths.remote, `export default { version: () => 2 };`);
    game.files.write(paths.filter, `export default { before: (msg) => { msg.mark = 2; } };`);
    game.files.write(paths.cron, `export default { tick: () => { globalThis.reloadedCron = 2; } };`);
    const { swapped, removed, needRestart } = await server.reload();
    expect(swapped.map((file) => file.replace(`${game.files.root}/`, '')).sort()).toEqual(
      [paths.handler, paths.remote, paths.filter, paths.cron].sort(),
    );
    expect([removed, needRestart]).toEqual([[], []]);
    expect(await client.request('chat.chatHandler.say')).toEqual({ says: 'new!', count: 1 });
    expect(await client.request('chat.chatHandler.echo', {})).toEqual({ mark: 2 });
    expect(await client.request('connector.handler.ask')).toEqual({ version: 2 });
    await game.app('chat-1').crons.run('tick');
    expect((globalThis as { reloadedCron?: number }).reloadedCron).toBe(2);
    // What did not change keeps its state.
    expect(await client.request('chat.otherHandler.say')).toMatchObject({ count: 2 });
  });

  it('that changes nothing does nothing', async () => {
    await using running = await start();
    expect(await running.game.servers.get('chat-1')!.reload()).toEqual({
      swapped: [],
      removed: [],
      needRestart: [],
      contract: 'unknown',
    });
  });

  it('adds files and takes deleted ones away, with their routes', async () => {
    await using running = await start();
    const { game, client } = running;
    await client.request('chat.otherHandler.say');
    game.files.remove(paths.other);
    game.files.write('app/servers/chat/handler/newHandler.js', handler('brand new'));
    const { removed } = await game.servers.get('chat-1')!.reload();
    expect(removed).toHaveLength(1);
    expect(await client.request('chat.newHandler.say')).toMatchObject({ says: 'brand new!' });
    expect(await client.request('chat.otherHandler.say')).toMatchObject({ code: 404 });
  });

  it.each([
    ['does not parse', 'export default class {'],
    ['throws while it loads', 'throw new Error("of the game");'],
    ['has no default export', 'export const nothing = 1;'],
  ])('of a file that %s changes nothing at all', async (_what, source) => {
    await using running = await start();
    const { game, client } = running;
    game.files.write(paths.remote, `export default { version: () => 2 };`);
    game.files.write(paths.handler, source);
    await expect(game.servers.get('chat-1')!.reload()).rejects.toThrow('chatHandler.js');
    expect(await client.request('chat.chatHandler.say')).toEqual({ says: 'old!', count: 1 });
    expect(await client.request('connector.handler.ask')).toEqual({ version: 1 });
    game.files.write(paths.handler, handler('mended'));
    await game.servers.get('chat-1')!.reload();
    expect(await client.request('chat.chatHandler.say')).toMatchObject({ says: 'mended!' });
  });

  it('names the files that only a new process takes, and then swaps nothing', async () => {
    await using running = await start();
    const { game, client } = running;
    game.files.write(paths.handler, handler('new'));
    game.files.write('app/shared.js', `export const suffix = '?';`);
    expect(await game.servers.get('chat-1')!.reload()).toEqual({
      swapped: [],
      removed: [],
      needRestart: [`${game.files.root}/app/shared.js`],
      contract: 'unknown',
    });
    expect(await client.request('chat.chatHandler.say')).toMatchObject({ says: 'old!' });
  });

  it('leaves a module that says `hot = false` to a new process', async () => {
    await using running = await start();
    const { game } = running;
    const server = game.servers.get('chat-1')!;
    game.files.write(paths.handler, `${handler('new')}\nexport const hot = false;`);
    expect((await server.reload()).swapped).toHaveLength(1);
    game.files.write(paths.handler, `${handler('newer')}\nexport const hot = false;`);
    expect((await server.reload()).needRestart).toEqual([`${game.files.root}/${paths.handler}`]);
  });

  it('can be taken back', async () => {
    await using running = await start();
    const { game, client } = running;
    const server = game.servers.get('chat-1')!;
    expect(await server.restore()).toBe(false);
    expect(await client.request('chat.chatHandler.say')).toMatchObject({ count: 1 });
    game.files.write(paths.handler, handler('new'));
    await server.reload();
    expect(await client.request('chat.chatHandler.say')).toMatchObject({ says: 'new!' });
    expect(await server.restore()).toBe(true);
    expect(await client.request('chat.chatHandler.say')).toEqual({ says: 'old!', count: 2 });
    await server.reload();
    await poll(async () => (await client.request('chat.chatHandler.say'))['says']).toBe('new!');
  });

  it('that is not done in its time is given up for good, and the next one has not to wait for it', async () => {
    const clock = new FakeClock();
    await using running = await start({}, { clock });
    const { game, client } = running;
    const server = game.servers.get('chat-1')!;
    const told = globalThis as { goOn?: () => void; ended?: string };
    delete told.ended;
    delete told.goOn;
    const slow = `await new Promise((resolve) => { globalThis.goOn = resolve; });
export default (app) => {
  app.onStop(() => { globalThis.ended = 'the late code'; });
  return { say: () => ({ says: 'too late' }) };
};`;
    game.files.write(paths.handler, slow);
    const first = server.reload(false, 1000);
    await poll(() => typeof told.goOn).toBe('function');
    await Promise.all([expect(first).rejects.toMatchObject({ code: 'RELOAD_LATE' }), clock.letPass(1000)]);
    expect(await client.request('chat.chatHandler.say')).toMatchObject({ says: 'old!' });
    game.files.write(paths.handler, handler('mended'));
    expect((await server.reload()).swapped).toHaveLength(1);
    told.goOn!();
    await poll(() => told.ended).toBe('the late code');
    expect(await client.request('chat.chatHandler.say')).toEqual({ says: 'mended!', count: 1 });
    expect((await server.reload()).swapped).toEqual([]);
  });

  it('waits for the one before it, and for its way back', async () => {
    await using running = await start();
    const { game, client } = running;
    const server = game.servers.get('chat-1')!;
    const told = globalThis as { goOn?: () => void };
    delete told.goOn;
    const slow = handler('first').replace(
      'let count',
      'await new Promise((resolve) => { globalThis.goOn = resolve; });\nlet count',
    );
    game.files.write(paths.handler, slow);
    const first = server.reload();
    await poll(() => typeof told.goOn).toBe('function');
    const back = server.restore();
    const tooLate = server.reload(false, 1);
    await expect(tooLate).rejects.toMatchObject({ code: 'RELOAD_LATE' });
    game.files.write(paths.handler, handler('second'));
    const second = server.reload();
    told.goOn!();
    expect((await first).swapped).toHaveLength(1);
    expect(await back).toBe(true);
    expect((await second).swapped).toContain(`${game.files.root}/${paths.handler}`);
    expect(await client.request('chat.chatHandler.say')).toEqual({ says: 'second!', count: 1 });
  });

  it('does not disturb a request that is on its way', async () => {
    await using running = await start();
    const { game, client } = running;
    const slow = `let release; export default { wait: () => new Promise((resolve) => { globalThis.releaseOld = () => resolve({ by: 'old' }); }) };`;
    game.files.write(paths.other, slow);
    const server = game.servers.get('chat-1')!;
    await server.reload();
    const waiting = client.sendMessage('chat.otherHandler.wait');
    await poll(() => typeof (globalThis as { releaseOld?: unknown }).releaseOld).toBe('function');
    game.files.write(paths.other, `export default { wait: () => ({ by: 'new' }) };`);
    await server.reload();
    expect(await client.request('chat.otherHandler.wait')).toEqual({ by: 'new' });
    (globalThis as unknown as { releaseOld: () => void }).releaseOld();
    expect(await client.answerTo(waiting)).toEqual({ by: 'old' });
  });

  it('refuses code that breaks the contract with clients, unless it is forced to', async () => {
    const contractOf = (answer: object) =>
      JSON.stringify({
        contractVersion: 1,
        routes: { 'chat.chatHandler.say': { input: { type: 'object' }, answer } },
        pushes: {},
        errors: {},
        definitions: {},
      });
    const text = { type: 'object', properties: { says: { type: 'string' } }, required: ['says'] };
    await using running = await start({ contract: JSON.parse(contractOf(text)) });
    const { game, client } = running;
    const server = game.servers.get('chat-1')!;
    game.files.write(paths.handler, handler('new'));
    expect((await server.reload()).contract).toBe('same');
    game.files.write('config/contract.json', contractOf({ ...text, required: [] }));
    game.files.write(paths.handler, handler('newer'));
    await expect(server.reload()).rejects.toMatchObject({
      code: 'RELOAD_BREAKS',
      message: expect.stringContaining('chat.chatHandler.say answer.says: may be absent now'),
    });
    expect(await client.request('chat.chatHandler.say')).toMatchObject({ says: 'new!' });
    expect((await server.reload(true)).contract).toBe('broken');
    expect(await client.request('chat.chatHandler.say')).toMatchObject({ says: 'newer!' });
  });
});

describe.each(['connector', 'chat'])('a route of %s that a reload takes away', (type) => {
  const path = `app/servers/${type}/handler/roomHandler.js`;
  const route = `${type}.roomHandler.say`;
  const room = (says: string) => `export default { say: () => ({ says: '${says}' }) };`;

  it('is unknown until it is added again or the former code is restored, under load too', async () => {
    await using running = await start();
    const { game, client } = running;
    await using busy = await RawClient.join(game.port('connector-1'));
    const server = game.servers.get(`${type}-1`)!;
    game.files.write(path, room('first'));
    await server.reload();
    const answers = new Set<unknown>();
    let loading = true;
    const load = (async () => {
      while (loading) {
        const asked = Array.from({ length: 20 }, () => busy.request(route));
        for (const { says, code } of await Promise.all(asked)) answers.add(says ?? code);
      }
    })();
    await poll(() => answers.has('first')).toBe(true);
    for (const says of ['second', 'third']) {
      game.files.remove(path);
      expect((await server.reload()).removed).toHaveLength(1);
      expect(await client.request(route)).toMatchObject({ code: 404 });
      game.files.write(path, room(says));
      await server.reload();
      expect(await client.request(route)).toEqual({ says });
    }
    game.files.remove(path);
    await server.reload();
    expect(await client.request(route)).toMatchObject({ code: 404 });
    await poll(() => answers.has(404)).toBe(true);
    expect(await server.restore()).toBe(true);
    expect(await client.request(route)).toEqual({ says: 'third' });
    await poll(() => answers.has('third')).toBe(true);
    loading = false;
    await load;
    expect([...answers].filter((one) => ![404, 'first', 'second', 'third'].includes(one as string))).toEqual(
      [],
    );
  });
});

describe("a route of the framework's own", () => {
  it('is answered by it again once a reload has taken away what the game answered instead', async () => {
    const path = 'app/servers/gate/handler/gateHandler.js';
    await using game = await startGame({
      servers: {
        gate: [{ id: 'gate-1', frontend: true }],
        connector: [{ id: 'connector-1', frontend: true }],
      },
      modules: { [path]: `export default { queryEntry: () => ({ by: 'the game' }) };` },
      settings: { client: { dictionary: false } },
    });
    await new Promise((resolve) => setImmediate(resolve));
    await using client = await RawClient.join(game.port('gate-1'));
    const ask = () => client.request('gate.gateHandler.queryEntry', { uid: 'anna' });
    expect(await ask()).toEqual({ by: 'the game' });
    game.files.remove(path);
    await game.servers.get('gate-1')!.reload();
    expect(await ask()).toMatchObject({ code: 200, port: game.port('connector-1') });
    game.files.write(path, `export default { queryEntry: () => ({ by: 'the game again' }) };`);
    await game.servers.get('gate-1')!.reload();
    expect(await ask()).toEqual({ by: 'the game again' });
  });
});
