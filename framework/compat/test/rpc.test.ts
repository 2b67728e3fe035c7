import { describe, expect, test } from 'vitest';
import { type Anything, oneByOne, startOldGame, twoByTwo } from './old-game.js';

type Done = (error?: unknown, ...results: unknown[]) => void;

const remotes = {
  chat: {
    roomRemote: (app: Anything) => ({
      who: (done: Done) => done(null, app.getServerId()),
      add: (a: number, b: number, done: Done) => done(null, a + b),
      two: (done: Done) => done(null, 'one', { two: 2 }),
      later: (word: string, done: Done) => void setImmediate(done, null, word),
      fail: (done: Done) => done(Object.assign(new Error('room is full'), { code: 'FULL' })),
      failText: (done: Done) => done('just a text'),
      throws: () => {
        throw new Error('thrown over there');
      },
      echo: (value: unknown, done: Done) => done(null, value),
    }),
  },
};

/** What a call gives its callback. */
function told(call: (done: Done) => unknown): Promise<unknown[]> {
  return new Promise((resolve) => call((...given) => resolve(given)));
}

describe('app.rpc', () => {
  test('calls a remote with arguments and a callback, which gets all results', async () => {
    await using game = await startOldGame({ remotes });
    const { roomRemote } = game.app('connector-1').rpc.chat;
    expect(await told((done) => roomRemote.add(null, 2, 3, done))).toEqual([null, 5]);
    expect(await told((done) => roomRemote.two(null, done))).toEqual([null, 'one', { two: 2 }]);
    expect(await told((done) => roomRemote.later('any', 'word', done))).toEqual([null, 'word']);
  });

  test.each([[['ann', 'bob']], [[]], [{ users: 2 }], ['text'], [7]])(
    'gives the callback what a remote puts in the place of its error, as many apps do with their result: %j',
    async (result) => {
      const r = () => ({ get: (done: Done) => done(result) });
      await using game = await startOldGame({ remotes: { chat: { r } } });
      expect(await told((done) => game.app('connector-1').rpc.chat.r.get(null, done))).toEqual([result]);
    },
  );

  test('may be called without a callback, or with null for one', async () => {
    const seen: unknown[] = [];
    await using game = await startOldGame({
      remotes: { chat: { r: () => ({ note: (...args: unknown[]) => void seen.push(args.slice(0, -1)) }) } },
    });
    const { r } = game.app('connector-1').rpc.chat;
    r.note(null, 'a', null);
    r.note(null, 'b');
    await expect.poll(() => seen.length).toBe(2);
  });

  test('calls servers by id, and all of a type by *', async () => {
    const called: string[] = [];
    const r = (app: Anything) => ({
      who(done: Done) {
        called.push(app.getServerId());
        done(null, app.getServerId());
      },
    });
    await using game = await startOldGame({ remotes: { chat: { r } }, servers: twoByTwo });
    const { who } = game.app('connector-1').rpc.chat.r;
    expect(await told((done) => who.toServer('chat-2', done))).toEqual([null, 'chat-2']);
    const [error] = await told((done) => who.toServer('*', done));
    expect([error, called.slice(1).sort()]).toEqual([null, ['chat-1', 'chat-2']]);
  });

  test('differs: an error of a remote reaches the callback as an Error with its message and code', async () => {
    await using game = await startOldGame({ remotes });
    const { roomRemote } = game.app('connector-1').rpc.chat;
    const [error] = await told((done) => roomRemote.fail(null, done));
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ message: 'room is full', code: 'FULL' });
    expect(await told((done) => roomRemote.failText(null, done))).toEqual(['just a text']);
    expect((await told((done) => roomRemote.throws(null, done)))[0]).toMatchObject({
      message: 'thrown over there',
    });
  });

  test('differs: a call that cannot be made fails at once, and its callback is told why', async () => {
    await using game = await startOldGame({ remotes });
    const { rpc } = game.app('connector-1');
    for (const [call, code] of [
      [(done: Done) => rpc.nobody.r.m(null, done), 'RPC_NO_SERVER'],
      [(done: Done) => rpc.chat.roomRemote.who.toServer('chat-9', done), 'RPC_UNKNOWN_SERVER'],
      [(done: Done) => rpc.chat.roomRemote.unknown(null, done), 'RPC_UNKNOWN_METHOD'],
      [(done: Done) => rpc.chat.roomRemote.constructor(null, done), 'RPC_UNKNOWN_METHOD'],
    ] as const)
      expect((await told(call))[0]).toMatchObject({ code });
  });

  test('differs: bytes and dates arrive as what they are', async () => {
    await using game = await startOldGame({ remotes });
    const { echo } = game.app('connector-1').rpc.chat.roomRemote;
    const bytes = Buffer.from([1, 2, 255]);
    const [, got] = (await told((done) => echo(null, bytes, done))) as [null, Uint8Array];
    expect(Buffer.from(got)).toEqual(bytes);
    const when = new Date(1_700_000_000_000);
    expect(await told((done) => echo(null, { when }, done))).toEqual([null, { when }]);
  });

  test('is there while app.js runs, and in components', async () => {
    const seen: unknown[] = [];
    await using game = await startOldGame({
      remotes,
      setUp(app) {
        const { rpc } = app;
        app.load({
          name: 'caller',
          afterStart(done: Done) {
            if (app.getServerType() === 'connector')
              rpc.chat.roomRemote.who(null, (_error: unknown, id: string) => seen.push(id));
            done();
          },
        });
      },
    });
    expect(game.apps.size).toBe(2);
    await expect.poll(() => seen).toEqual(['chat-1']);
  });

  test('rpcInvoke calls a method by its parts', async () => {
    await using game = await startOldGame({ remotes });
    const msg = { namespace: 'user', serverType: 'chat', service: 'roomRemote', method: 'add', args: [1, 2] };
    const app = game.app('connector-1');
    expect(await told((done) => app.rpcInvoke('chat-1', msg, done))).toEqual([null, 3]);
  });

  test("differs: app.sysrpc, the framework's own calls, says what to use instead", async () => {
    await using game = await startOldGame();
    expect(() => game.app('connector-1').sysrpc).toThrow(/app\.sysrpc .* use app\.rpc/);
  });
});

describe('app.route', () => {
  const handlers = {
    connector: {
      h: () => ({
        room(msg: Anything, session: Anything, next: Done) {
          session.set('server', msg.server);
          session.push('server', () => next(null, {}));
        },
      }),
    },
    chat: {
      h: (app: Anything) => ({
        who: (_m: Anything, _s: Anything, next: Done) => next(null, { id: app.getServerId() }),
      }),
    },
  };

  test('chooses by the session for requests, and by whatever a call was given', async () => {
    const messages: Anything[] = [];
    await using game = await startOldGame({
      handlers,
      remotes,
      servers: twoByTwo,
      setUp: (app) =>
        app.route('chat', (param: Anything, msg: Anything, given: Anything, cb: Done) => {
          messages.push({ ...msg, sameApp: given === app });
          cb(null, typeof param === 'string' ? param : param.get('server'));
        }),
    });
    const client = await game.connect();
    for (const server of ['chat-1', 'chat-2']) {
      await client.request('connector.h.room', { server });
      expect(await client.request('chat.h.who', {})).toEqual({ id: server });
      const { roomRemote } = game.app('connector-1').rpc.chat;
      expect(await told((done) => roomRemote.who(server, done))).toEqual([null, server]);
    }
    expect(messages.every(({ sameApp }) => sameApp)).toBe(true);
    expect(messages[1]).toMatchObject({ serverType: 'chat', service: 'roomRemote', method: 'who', args: [] });
  });

  test('default is for all types that have no function', async () => {
    await using game = await startOldGame({
      handlers,
      remotes,
      servers: twoByTwo,
      setUp: (app) =>
        app.route('default', (_param: Anything, _msg: Anything, _app: Anything, cb: Done) =>
          cb(null, 'chat-2'),
        ),
    });
    const { roomRemote } = game.app('connector-1').rpc.chat;
    expect(await told((done) => roomRemote.who('x', done))).toEqual([null, 'chat-2']);
    expect(await (await game.connect()).request('chat.h.who', {})).toEqual({ id: 'chat-2' });
  });

  test('an error of it fails the request or the call', async () => {
    await using game = await startOldGame({
      handlers,
      remotes,
      setUp: (app) =>
        app.route('chat', (_p: Anything, _m: Anything, _a: Anything, cb: Done) => cb(new Error('no room'))),
    });
    const { roomRemote } = game.app('connector-1').rpc.chat;
    expect((await told((done) => roomRemote.who('x', done)))[0]).toMatchObject({ message: 'no room' });
    expect(await (await game.connect()).request('chat.h.who', {})).toMatchObject({ code: 500 });
  });

  test("differs: app.route must call back before it returns when a client's request is routed", async () => {
    await using game = await startOldGame({
      handlers,
      setUp: (app) =>
        app.route(
          'chat',
          (_p: Anything, _m: Anything, _a: Anything, cb: Done) => void setImmediate(cb, null, 'chat-1'),
        ),
    });
    expect(await (await game.connect()).request('chat.h.who', {})).toMatchObject({ code: 500 });
    const said = game.log.map((line) => `${line.message} ${String((line.facts['error'] as Error)?.message)}`);
    expect(said.join('\n')).toContain('must call its callback before it returns');
  });

  test('without it the same key gets the same server, from every frontend', async () => {
    await using game = await startOldGame({ remotes, servers: twoByTwo });
    const chosen = new Set<string>();
    for (const uid of ['ann', 'bob', 'eve', 'joe', 'kim', 'lee', 'max', 'zoe']) {
      const picks = ['connector-1', 'connector-2'].map((id) =>
        told((done) => game.app(id).rpc.chat.roomRemote.who({ uid }, done)),
      );
      const [[, one], [, two]] = (await Promise.all(picks)) as [unknown[], unknown[]];
      expect(one).toBe(two);
      chosen.add(String(one));
    }
    expect([...chosen].sort()).toEqual(['chat-1', 'chat-2']);
  });

  test('differs: proxyConfig.routerType counts for types without a route function, and rr takes turns', async () => {
    await using game = await startOldGame({
      remotes,
      servers: twoByTwo,
      setUp: (app) => app.set('proxyConfig', { routerType: 'rr' }),
    });
    const { roomRemote } = game.app('connector-1').rpc.chat;
    const picks: unknown[] = [];
    for (let i = 0; i < 4; i++) picks.push((await told((done) => roomRemote.who(null, done)))[1]);
    expect(picks.filter((id) => id === 'chat-1')).toHaveLength(2);
  });
});

test.each(['wrr', 'la', 'ch', 'anything'])('proxyConfig.routerType may be %s', async (routerType) => {
  await using game = await startOldGame({
    remotes,
    servers: twoByTwo,
    setUp: (app) => app.set('proxyConfig', { routerType }),
  });
  const { who } = game.app('connector-1').rpc.chat.roomRemote;
  // What the framework itself has asked of them at the start is answered before: nobody is busy.
  for (const id of ['chat-1', 'chat-2']) await told((done) => who.toServer(id, 'first', done));
  const chosen = await Promise.all(
    Array.from({ length: 40 }, (_, i) => told((done) => who(`key ${i}`, done))),
  );
  expect(new Set(chosen.map(([error]) => error))).toEqual(new Set([null]));
  expect(new Set(chosen.map(([, id]) => id))).toEqual(new Set(['chat-1', 'chat-2']));
});

describe('rpc filters', () => {
  test('run before a call and after it, may change it, and see its parts', async () => {
    const seen: unknown[] = [];
    await using game = await startOldGame({
      remotes,
      servers: oneByOne,
      setUp(app) {
        app.rpcFilter({
          before(serverId: string, msg: Anything, _options: Anything, next: Done) {
            seen.push(['before', serverId, msg.service, msg.method]);
            next(serverId, { ...msg, args: [msg.args[0] * 10, msg.args[1]] }, {});
          },
          after(serverId: string, _msg: Anything, _options: Anything, next: Done) {
            seen.push(['after', serverId]);
            next();
          },
        });
      },
    });
    const { roomRemote } = game.app('connector-1').rpc.chat;
    expect(await told((done) => roomRemote.add(null, 1, 2, done))).toEqual([null, 12]);
    expect(seen).toEqual([
      ['before', 'chat-1', 'roomRemote', 'add'],
      ['after', 'chat-1'],
    ]);
  });

  test('differs: any Error of a before ends the call: rpcErrorHandler hears of it, and so does the caller', async () => {
    const handled: unknown[] = [];
    await using game = await startOldGame({
      remotes,
      setUp(app) {
        app.rpcBefore((_id: string, _msg: Anything, _options: Anything, next: Done) =>
          next(new TypeError('not so')),
        );
        app.set('rpcErrorHandler', (error: Error, serverId: string) =>
          handled.push([error.message, serverId]),
        );
      },
    });
    const { roomRemote } = game.app('connector-1').rpc.chat;
    expect((await told((done) => roomRemote.who(null, done)))[0]).toBeInstanceOf(TypeError);
    expect(handled).toEqual([['not so', 'chat-1']]);
  });

  test('rpcLog logs calls, and toobusy lets them through as long as there is time', async () => {
    await using game = await startOldGame({
      remotes,
      setUp(app, pomelo) {
        app.rpcFilter(pomelo.rpcFilters.rpcLog());
        app.rpcFilter(new pomelo.rpcFilters.toobusy(10_000));
      },
    });
    const { roomRemote } = game.app('connector-1').rpc.chat;
    expect(await told((done) => roomRemote.who(null, done))).toEqual([null, 'chat-1']);
    const line = game.log.find(({ message }) => message === 'rpc');
    expect(line?.facts).toMatchObject({ route: 'chat.roomRemote.who', serverId: 'chat-1' });
  });
});
