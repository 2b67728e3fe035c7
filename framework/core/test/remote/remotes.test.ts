import { type Clock, isPomeloError, systemClock } from '@pomelo-ts/common';
import { MemoryNetwork, memoryTransport, RemoteError } from '@pomelo-ts/rpc';
import { describe, expect, it } from 'vitest';
import { RawClient } from '../../../../test/helpers/raw-client.js';
import { HoldingTransport } from '../../../rpc/test/holding-transport.js';
import type { Application } from '../../src/application.js';
import type { RouteRule } from '../../src/routing/type-router.js';
import type { Session } from '../../src/session.js';
import { poll } from '../poll.js';
import { type RunningGame, type StartOptions, startGame } from '../running-game.js';

let log: string[] = [];

const remote = (app: Application) => ({
  who: () => app.serverId,
  echo: (...args: unknown[]) => args,
  note: (text: string) => void log.push(`${app.serverId} ${text}`),
  fails: async () => {
    throw Object.assign(new Error('room is full'), { code: 'ROOM_FULL', data: { room: 3 } });
  },
  failsOn: (serverId: string) => {
    if (app.serverId === serverId) throw new Error('not here');
    return app.serverId;
  },
  never: () => new Promise(() => {}),
  _hidden: () => 'hidden',
});

async function start(
  app: (app: Application) => void = () => {},
  options: StartOptions = {},
  more: object = {},
): Promise<RunningGame> {
  log = [];
  return startGame(
    {
      servers: {
        chat: [{ id: 'chat-1' }, { id: 'chat-2' }, { id: 'chat-3', weight: 2 }],
        arena: [{ id: 'arena-1' }],
        connector: [{ id: 'connector-1', frontend: true }],
      },
      app,
      remotes: { chat: { remote }, arena: { remote } },
      handlers: { chat: { handler: (one) => ({ who: () => ({ id: one.serverId }) }) } },
      settings: { client: { dictionary: false }, rpc: { timeout: '5s' } },
      ...more,
    },
    options,
  );
}

const codeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'a value',
    (error: unknown) => (isPomeloError(error) ? error.code : String(error)),
  );

describe('app.rpc', () => {
  it('calls a remote on the server that the route rule chooses, or on a named one, also itself', async () => {
    await using game = await start();
    const { chat, arena } = game.app('arena-1').rpc;
    const chosen = await chat!['remote']!['who']!('room-7');
    expect(chosen).toMatch(/^chat-[123]$/);
    for (let i = 0; i < 5; i++) expect(await chat!['remote']!['who']!('room-7')).toBe(chosen);
    for (const id of ['chat-1', 'chat-2', 'chat-3']) expect(await chat!['remote']!['who']!.to(id)()).toBe(id);
    expect(await chat!['remote']!['echo']!('key', 1, { a: [null, 'ö'] })).toEqual([1, { a: [null, 'ö'] }]);
    expect(await arena!['remote']!['who']!(undefined)).toBe('arena-1');
  });

  it('tells what a remote threw, with its code and data', async () => {
    await using game = await start();
    const error = await game
      .app('arena-1')
      .rpc['chat']!['remote']!['fails']!.to('chat-1')()
      .then(
        () => new Error('settled'),
        (one: unknown) => one as Error,
      );
    expect(error).toMatchObject({
      code: 'REMOTE_THREW',
      message: 'chat.remote.fails on chat-1 failed: room is full',
    });
    expect(error.cause).toBeInstanceOf(RemoteError);
    expect(error.cause).toMatchObject({ code: 'ROOM_FULL', data: { room: 3 }, remoteStack: undefined });
  });

  it('tells in development where the call was made, for whoever has not waited for it', async () => {
    async function theCaller(game: RunningGame): Promise<Error> {
      const { chat } = game.app('arena-1').rpc;
      return chat!
        ['remote']!['fails']!.to('chat-1')()
        .catch((error: Error) => error) as Promise<Error>;
    }
    await using game = await start(undefined, {}, { env: 'development' });
    expect((await theCaller(game)).stack).toMatch(/room is full[\s\S]*\n {2}called\n[\s\S]*theCaller/);
  });

  it('settles with a code for what is not there', async () => {
    await using game = await start(undefined, {}, { settings: { rpc: { timeout: '100ms' } } });
    const { rpc } = game.app('arena-1');
    const call = (type: string, file: string, method: string) => codeOf(rpc[type]![file]![method]!('key'));
    expect(await call('nowhere', 'remote', 'who')).toBe('RPC_NO_SERVER');
    expect(await codeOf(rpc['chat']!['remote']!['who']!.to('chat-9')())).toBe('RPC_UNKNOWN_SERVER');
    for (const [file, method] of [
      ['remote', 'none'],
      ['none', 'who'],
      ['remote', '_hidden'],
      ['remote', 'constructor'],
      ['remote', '__proto__'],
      ['remote', 'toString'],
      ['__proto__', 'toString'],
      ['constructor', 'create'],
    ] as const) {
      expect(await call('chat', file, method)).toBe('RPC_UNKNOWN_METHOD');
    }
    const late = [call('chat', 'remote', 'never'), call('arena', 'remote', 'never')];
    expect(await Promise.all(late)).toEqual(['RPC_TIMEOUT', 'RPC_TIMEOUT']);
    expect(() => rpc['nowhere']!['remote']!['note']!.notify('key')).toThrow(
      'No server of type nowhere is ready.',
    );
  });

  it('is no promise, so that it can be given out by an async function', async () => {
    await using game = await start();
    const { rpc } = game.app('arena-1');
    expect(await rpc).toBe(rpc);
    expect(await rpc['chat']).toBe(rpc['chat']);
  });

  it('notifies without an answer', async () => {
    await using game = await start();
    game.app('arena-1').rpc['chat']!['remote']!['note']!.notify('key', 'hello');
    game.app('chat-1').rpc['arena']!['remote']!['note']!.notify('key', 'to you');
    game.app('arena-1').rpc['arena']!['remote']!['note']!.notify('key', 'to me');
    await poll(() => log.length).toBe(3);
    expect(log.sort()).toEqual([
      'arena-1 to me',
      'arena-1 to you',
      expect.stringMatching(/^chat-[123] hello$/),
    ]);
  });

  it('broadcasts to all servers of a type, and tells of each what it answered', async () => {
    await using game = await start();
    const answers = await game.app('arena-1').rpc['chat']!['remote']!['failsOn']!.broadcast('chat-2');
    expect(answers).toEqual([
      { serverId: 'chat-1', ok: true, value: 'chat-1' },
      { serverId: 'chat-2', ok: false, error: expect.objectContaining({ code: 'REMOTE_THREW' }) },
      { serverId: 'chat-3', ok: true, value: 'chat-3' },
    ]);
    expect(await game.app('chat-1').rpc['chat']!['remote']!['who']!.broadcast()).toHaveLength(3);
    expect(await game.app('arena-1').rpc['nowhere']!['remote']!['who']!.broadcast()).toEqual([]);
  });

  it('settles calls in flight when the connection breaks, and works again afterwards', async () => {
    const network = new MemoryNetwork();
    const holding = new HoldingTransport(memoryTransport(network));
    const transport = (id: string) => (id === 'chat-1' ? holding : memoryTransport(network));
    await using game = await start(undefined, { transport }, { settings: { rpc: { timeout: '5s' } } });
    const { remote: chat } = game.app('arena-1').rpc['chat']!;
    await chat!['who']!.to('chat-1')();
    const call = codeOf(chat!['never']!.to('chat-1')());
    await poll(() => game.servers.get('chat-1')!.busy).toBe(true);
    holding.cut();
    expect(await call).toBe('PEER_LOST');
    holding.thaw();
    await poll(() =>
      chat!
        ['who']!.to('chat-1')()
        .catch(() => 'not yet'),
    ).toBe('chat-1');
  });
});

describe('filters around remotes', () => {
  it('see arguments, caller and method, run in order, and may answer or fail; the framework passes unseen', async () => {
    await using game = await start((app) => {
      if (app.serverType !== 'chat') return;
      app.remoteFilter({
        before: (args, from, { method }) => {
          log.push(`before ${from.id} ${method} ${JSON.stringify(args)}`);
          if (args[0] === 'answer') return 'by the filter';
          if (args[0] === 'fail') throw new Error('by the filter');
          return undefined;
        },
        after: (outcome) => void log.push('error' in outcome ? 'after error' : 'after'),
      });
      app.remoteFilter({ before: () => void log.push('second') });
    });
    const echo = game.app('arena-1').rpc['chat']!['remote']!['echo']!.to('chat-1');
    expect(await echo(1)).toEqual([1]);
    expect(await echo('answer')).toBe('by the filter');
    await expect(echo('fail')).rejects.toThrow('by the filter');
    expect(log).toEqual([
      'before arena-1 chat.remote.echo [1]',
      'second',
      'after',
      'before arena-1 chat.remote.echo ["answer"]',
      'after',
      'before arena-1 chat.remote.echo ["fail"]',
      'after error',
    ]);
  });
});

describe('a route rule', () => {
  const all = ['chat-1', 'chat-2', 'chat-3'];
  async function chosen(rule: RouteRule | undefined, keys: unknown[]): Promise<string[]> {
    await using game = await start((app) => rule && app.route('chat', rule));
    const who = game.app('arena-1').rpc['chat']!['remote']!['who']!;
    const ids: string[] = [];
    for (const key of keys) ids.push((await who(key).catch((error) => error.code)) as string);
    return ids;
  }

  it('by hash keeps a key on its server, and spreads keys', async () => {
    const keys = Array.from({ length: 60 }, (_, i) => `room-${i % 30}`);
    const ids = await chosen(undefined, keys);
    expect(ids.slice(0, 30)).toEqual(ids.slice(30));
    expect(new Set(ids)).toEqual(new Set(all));
    expect(await chosen({ by: 'hash', key: () => 'the same' }, keys)).toEqual(
      Array(60).fill(expect.any(String)),
    );
  });

  it('is told by its type and reason when the key cannot be made', async () => {
    const key = (session: unknown) => (session as Session).get('room');
    expect(await chosen({ by: 'hash', key }, ['a text'])).toEqual(['ROUTE_FAILED']);
  });

  it('in turns takes all, by weight as often as it says', async () => {
    const keys = Array(12).fill('x');
    expect((await chosen({ by: 'roundRobin' }, keys)).filter((id) => id === 'chat-1')).toHaveLength(4);
    expect((await chosen({ by: 'weighted' }, keys)).filter((id) => id === 'chat-3')).toHaveLength(6);
    expect(new Set(await chosen({ by: 'leastBusy' }, keys))).toEqual(new Set(all));
  });

  it('of the game is asked with the servers that are ready; what it gives else is an error', async () => {
    const rule: RouteRule = (key, servers) => {
      if (key === 'throw') throw new Error('of the game');
      return key === 'last' ? servers.at(-1)!.id : (key as string);
    };
    expect(await chosen(rule, ['last', 'chat-1', 'chat-9', undefined, 'throw', 'arena-1'])).toEqual([
      'chat-3',
      'chat-1',
      'RPC_UNKNOWN_SERVER',
      'RPC_UNKNOWN_SERVER',
      'ROUTE_FAILED',
      'RPC_UNKNOWN_SERVER',
    ]);
  });

  it('chooses for clients by what their session says, and costs them a clear answer when it fails', async () => {
    await using game = await start((app) => {
      app.route('default', (session) => {
        if (session && (session as Session).uid === undefined) throw new Error('who?');
        return (session as Session).get('server');
      });
      app.globalFilter({
        before: async (msg, session) => {
          const { server } = msg as { server?: string };
          if (!server) return;
          session.set('server', server);
          await session.bind('u1');
        },
      });
    });
    await using client = await RawClient.join(game.port('connector-1'));
    expect(await client.request('chat.handler.who')).toMatchObject({ code: 500 });
    for (const server of all)
      expect(await client.request('chat.handler.who', { server })).toEqual({ id: server });
    expect(await client.request('chat.handler.who', { server: 'arena-1' })).toMatchObject({ code: 503 });
  });

  it('never chooses a server that is stopping or has gone', async () => {
    await using game = await start();
    const who = game.app('arena-1').rpc['chat']!['remote']!['who']!;
    await game.stop('chat-2');
    await poll(
      async () => new Set(await Promise.all(Array.from({ length: 20 }, (_, i) => who(`room-${i}`)))),
    ).toEqual(new Set(['chat-1', 'chat-3']));
  });
});

describe('a call to a server that has not joined yet', () => {
  it('fails at once and does not wait', async () => {
    const clock: Clock = systemClock;
    await using game = await start(undefined, { only: ['arena-1'], clock });
    expect(await codeOf(game.app('arena-1').rpc['chat']!['remote']!['who']!('x'))).toBe('RPC_NO_SERVER');
  });

  it('says that route functions are synchronous to one that gives a promise, also one that fails', async () => {
    const unhandled: unknown[] = [];
    const note = (error: unknown): void => void unhandled.push(error);
    process.on('unhandledRejection', note);
    const rules: unknown[] = [
      async () => 'chat-1',
      async () => Promise.reject(new Error('of the game')),
      { by: 'hash', key: async () => 'key' },
    ];
    for (const rule of rules) {
      await using game = await start((app) => app.route('chat', rule as RouteRule));
      const call = game.app('arena-1').rpc['chat']!['remote']!['who']!(1);
      await expect(call).rejects.toThrow(
        'The route function of chat failed: it gave a promise, but route functions are synchronous',
      );
    }
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });
});
