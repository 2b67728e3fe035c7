import { describe, expect, test } from 'vitest';
import { type Anything, type OldParts, startOldGame, twoByTwo } from './old-game.js';

const startPinus = (parts: OldParts) => startOldGame({ style: 'pinus', ...parts });

describe('a pinus handler', () => {
  test('is a default-export factory of async methods, whose values are the answers', async () => {
    class EntryHandler {
      readonly app: Anything;
      constructor(app: Anything) {
        this.app = app;
      }
      async who(msg: Anything, session: Anything) {
        return { id: this.app.getServerId(), n: msg.n, of: session.frontendId, keys: Object.keys(msg) };
      }
      async nothing() {}
      async fails() {
        throw new Error('inside');
      }
    }
    await using game = await startPinus({
      handlers: {
        connector: { h: (app) => new EntryHandler(app) },
        chat: { h: (app) => new EntryHandler(app) },
      },
    });
    const client = await game.connect();
    for (const type of ['connector', 'chat']) {
      expect(await client.request(`${type}.h.who`, { n: 1 })).toEqual({
        ...{ id: `${type}-1`, n: 1, of: 'connector-1', keys: ['n'] },
      });
      expect(await client.request(`${type}.h.nothing`, {})).toEqual({});
      expect(await client.request(`${type}.h.fails`, {})).toMatchObject({ code: 500 });
    }
  });

  test('has a session with promises', async () => {
    await using game = await startPinus({
      handlers: {
        chat: {
          h: () => ({
            async enter(msg: Anything, session: Anything) {
              await session.abind(msg.uid);
              session.set('room', msg.room);
              await session.apush('room');
              session.set('more', 1);
              await session.apushAll();
              const { ip } = session.remoteAddress;
              return { uid: session.uid, room: session.get('room'), online: session.isOnline, ip };
            },
            get: async (_msg: Anything, session: Anything) => session.settings,
          }),
        },
      },
    });
    const client = await game.connect();
    expect(await client.request('chat.h.enter', { uid: 'ann', room: 'r' })).toMatchObject({
      ...{ uid: 'ann', room: 'r', online: true, ip: expect.stringContaining('127.0.0.1') },
    });
    expect(await client.request('chat.h.get', {})).toEqual({ room: 'r', more: 1 });
  });

  test.each(['handler', 'remoter'])(
    'is a class with the decorator @%s, known by its name',
    async (decorator) => {
      const kind = decorator === 'handler' ? 'handler' : 'remote';
      await using game = await startPinus({
        modules: {
          [`app/servers/chat/${kind}/some.js`]: `
          const { ${decorator} } = require('@pomelo-ts/compat');
          class RoomService {
            constructor(app) { this.app = app; }
            async who() { return { id: this.app.getServerId() }; }
          }
          ${decorator}()(RoomService);
          exports.RoomService = RoomService;`,
        },
      });
      const answer =
        kind === 'handler'
          ? await (await game.connect()).request('chat.RoomService.who', {})
          : await game.app('connector-1').rpc.chat.RoomService.who(null);
      expect(answer).toEqual({ id: 'chat-1' });
    },
  );

  test('with a decorator is made by the container of the app, if it has one', async () => {
    await using game = await startPinus({
      modules: {
        'app/servers/chat/handler/some.js': `
          const { handler } = require('@pomelo-ts/compat');
          class Made { constructor(word) { this.word = word; } async say() { return { word: this.word }; } }
          handler()(Made);
          exports.Made = Made;`,
      },
      source: `
        const { pinus, useContainer } = require('@pomelo-ts/compat');
        const app = pinus.createApp();
        app.set('connectorConfig', { connector: pinus.connectors.hybridconnector });
        useContainer({ get: (Class) => new Class('injected') });
        app.start();`,
    });
    expect(await (await game.connect()).request('chat.Made.say', {})).toEqual({ word: 'injected' });
  });
});

describe('pinus filters', () => {
  const handlers = {
    connector: {
      h: () => ({
        ok: async (msg: Anything) => ({ ok: msg.n }),
        fail: async () => {
          throw new Error('of the handler');
        },
      }),
    },
  };

  test('get the parts of the route first', async () => {
    const seen: unknown[] = [];
    class Filter {
      before(route: Anything, msg: Anything, _session: Anything, next: Anything) {
        seen.push({ ...route, n: msg.n });
        next();
      }
      after(
        error: Anything,
        route: Anything,
        _msg: Anything,
        _session: Anything,
        answer: Anything,
        next: Anything,
      ) {
        seen.push([route.method, answer]);
        next(error);
      }
    }
    await using game = await startPinus({ handlers, setUp: (app) => app.filter(new Filter()) });
    expect(await (await game.connect()).request('connector.h.ok', { n: 1 })).toEqual({ ok: 1 });
    expect(seen[0]).toMatchObject({
      ...{ route: 'connector.h.ok', serverType: 'connector', handler: 'h', method: 'ok', n: 1 },
    });
    expect(seen[1]).toEqual(['ok', { ok: 1 }]);
  });

  test('and errorHandler make answers of errors', async () => {
    await using game = await startPinus({
      handlers,
      setUp: (app) =>
        app.set(
          'errorHandler',
          (error: Error, _msg: Anything, _answer: Anything, _session: Anything, cb: Anything) =>
            cb(null, { code: 501, said: error.message }),
        ),
    });
    expect(await (await game.connect()).request('connector.h.fail', {})).toEqual({
      ...{ code: 501, said: 'of the handler' },
    });
  });

  test('and those of the framework are classes', async () => {
    await using game = await startPinus({
      handlers,
      setUp(app, pinus) {
        for (const Filter of Object.values(pinus.filters) as (new () => object)[]) app.filter(new Filter());
      },
    });
    expect(await (await game.connect()).request('connector.h.ok', { n: 1 })).toEqual({ ok: 1 });
  });
});

describe('pinus calls', () => {
  const remotes = {
    chat: {
      r: (app: Anything) => ({
        who: async (word: string) => `${app.getServerId()} ${word}`,
        plain: (a: number, b: number) => a + b,
        fail: async () => {
          throw Object.assign(new Error('full'), { code: 'FULL' });
        },
      }),
    },
  };

  test('give promises: by a route parameter, to a server, to all, by the default route', async () => {
    await using game = await startPinus({
      remotes,
      servers: twoByTwo,
      setUp: (app) =>
        app.route('chat', (param: Anything, _msg: Anything, _app: Anything, cb: Anything) =>
          cb(null, param ?? 'chat-1'),
        ),
    });
    const { r } = game.app('connector-1').rpc.chat;
    expect(await r.who('chat-2', 'a')).toBe('chat-2 a');
    expect(await r.who.route('chat-2')('b')).toBe('chat-2 b');
    expect(await r.who.to('chat-2')('c')).toBe('chat-2 c');
    expect(await r.who.toServer('chat-2', 'd')).toBe('chat-2 d');
    expect(await r.who.defaultRoute('e')).toBe('chat-1 e');
    expect((await r.who.broadcast('f')).sort()).toEqual(['chat-1 f', 'chat-2 f']);
    expect(await r.who.to('chat-2', true)('nobody waits')).toBeUndefined();
    expect(await r.plain(null, 1, 2)).toBe(3);
    await expect(r.fail(null)).rejects.toMatchObject({ message: 'full', code: 'FULL' });
  });

  test('differs: a call to a server that is not there rejects at once', async () => {
    await using game = await startPinus({ remotes });
    const { r } = game.app('connector-1').rpc.chat;
    await expect(r.who.to('chat-9')('x')).rejects.toMatchObject({ code: 'RPC_UNKNOWN_SERVER' });
    await expect(game.app('connector-1').rpc.nobody.r.m(null)).rejects.toMatchObject({
      code: 'RPC_NO_SERVER',
    });
  });
});

describe('pinus components, lifecycles and plugins', () => {
  test('a component is a class, has beforeStart and afterStartAll, and is what load gives', async () => {
    const seen: string[] = [];
    class Part {
      static readonly called = 'part';
      readonly name = 'part';
      readonly options: Anything;
      constructor(_app: Anything, options: Anything) {
        this.options = options;
      }
      beforeStart(done: () => void) {
        seen.push('beforeStart');
        done();
      }
      async start() {
        seen.push('start');
      }
      afterStart(done: () => void) {
        seen.push('afterStart');
        done();
      }
      afterStartAll() {
        seen.push('afterStartAll');
      }
    }
    await using game = await startPinus({
      setUp(app) {
        if (app.getServerType() === 'chat') seen.push(String(app.load(Part, { x: 1 }).options.x));
      },
    });
    expect(game.app('chat-1').components.part).toBeInstanceOf(Part);
    await expect.poll(() => seen).toEqual(['1', 'beforeStart', 'start', 'afterStart', 'afterStartAll']);
  });

  test('lifecycle.js exports a function of the application', async () => {
    await using game = await startPinus({
      modules: {
        'app/servers/chat/lifecycle.js': `
          exports.__esModule = true;
          class Lifecycle {
            beforeStartup(app, cb) { app.set('hook', 'before ' + app.getServerId()); cb(); }
            async afterStartAll(app) { app.set('all', true); }
          }
          exports.default = function (app) { return new Lifecycle(); };`,
      },
    });
    expect(game.app('chat-1').get('hook')).toBe('before chat-1');
    await expect.poll(() => game.app('chat-1').get('all')).toBe(true);
  });

  test('a plugin brings handlers, remotes, components, events and hooks', async () => {
    await using game = await startPinus({
      modules: {
        'plugin/handler/pluginHandler.js': (app) => ({
          who: async () => ({ id: (app as Anything).getServerId() }),
        }),
        'plugin/remote/pluginRemote.js': () => ({ twice: async (n: number) => n * 2 }),
      },
      setUp(app) {
        if (app.getServerType() !== 'chat') return;
        app.use({
          name: 'plugin',
          handlerPath: `${app.getBase()}/plugin/handler`,
          remoterPath: `${app.getBase()}/plugin/remote`,
          components: [
            class Part {
              readonly name = 'part';
            },
          ],
          events: [
            class Events {
              start_server() {
                app.set('heard', true);
              }
            },
          ],
          async beforeStartup(given: Anything) {
            given.set('hook', true);
          },
        });
        expect(() => app.use({ name: 'plugin' })).toThrow('The plugin plugin is used twice');
      },
    });
    const app = game.app('chat-1');
    expect([app.get('hook'), app.get('heard'), Object.keys(app.components)]).toEqual([true, true, ['part']]);
    expect(app.usedPlugins.map(({ name }: Anything) => name)).toEqual(['plugin']);
    expect(await (await game.connect()).request('chat.pluginHandler.who', {})).toEqual({ id: 'chat-1' });
    expect(await game.app('connector-1').rpc.chat.pluginRemote.twice(null, 4)).toBe(8);
  });

  test('channels and services have promises beside their callbacks', async () => {
    await using game = await startPinus({
      handlers: {
        connector: {
          h: () => ({ login: async (msg: Anything, session: Anything) => session.abind(msg.uid) }),
        },
      },
    });
    const client = await game.connect();
    await client.request('connector.h.login', { uid: 'ann' });
    const { channelService } = game.app('chat-1');
    const channel = channelService.getChannel('room', true);
    channel.add('ann', 'connector-1');
    expect(await channel.apushMessage('onChat', {})).toEqual([]);
    await channelService.abroadcast('connector', 'onChat', {}, { binded: true });
    expect(channel.removeMember('ann')).toBe(true);
    expect(channel.getUserAmount()).toBe(0);
    await game.app('connector-1').sessionService.akick('ann', 'bye');
    await expect.poll(() => client.kicked).toBe('bye');
  });
});
