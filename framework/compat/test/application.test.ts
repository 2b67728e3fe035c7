import { describe, expect, test } from 'vitest';
import { type Anything, oneByOne, startOldGame, twoByTwo } from './old-game.js';

type Done = (error?: unknown) => void;

describe('the application', () => {
  test('runs configure blocks of its environment and server type, at once and with itself as this', async () => {
    const seen: string[] = [];
    await using game = await startOldGame({
      setUp(app) {
        const note = (name: string) =>
          function (this: unknown) {
            seen.push(`${app.getServerType()} ${name} ${this === app}`);
          };
        app.configure(note('always'));
        app.configure('production|development', note('both'));
        app.configure('production', note('production'));
        app.configure('all', 'chat|gate', note('chat'));
        app.configure('development', 'connector', note('connector'));
      },
    });
    expect(game.apps.size).toBe(2);
    expect(seen.sort()).toEqual(
      [
        'chat always',
        'chat both',
        'chat chat',
        'connector always',
        'connector both',
        'connector connector',
      ].map((name) => `${name} true`),
    );
  });

  test('keeps settings of any name, flags too, and has some by itself', async () => {
    await using game = await startOldGame();
    const app = game.app('chat-1');
    expect(app.set('a', 1)).toBe(app);
    expect([app.get('a'), app.set('a'), app.get('nothing')]).toEqual([1, 1, undefined]);
    app.set('attached', { x: 1 }, true);
    expect(app.attached).toEqual({ x: 1 });
    app.enable('on').disable('off');
    expect([app.enabled('on'), app.disabled('off'), app.enabled('off'), app.disabled('never')]).toEqual([
      ...[true, true, false, true],
    ]);
    const { appDir } = game.cluster.app('chat-1');
    expect(['env', 'serverId', 'serverType', 'base'].map((key) => app.get(key))).toEqual([
      ...['development', 'chat-1', 'chat', appDir],
    ]);
    expect(app.get('curServer').id).toBe('chat-1');
  });

  test('knows itself and the servers that are there', async () => {
    const servers = { ...twoByTwo, chat: twoByTwo.chat.map((entry) => ({ ...entry, area: 'north' })) };
    await using game = await startOldGame({ servers, config: { master: { id: 'm-1', host: '127.0.0.1' } } });
    const app = game.app('connector-1');
    expect([app.getServerId(), app.serverId, app.getServerType()]).toEqual([
      ...['connector-1', 'connector-1', 'connector'],
    ]);
    expect(app.getCurServer()).toMatchObject({ id: 'connector-1', serverType: 'connector', frontend: true });
    expect(app.getServersByType('chat')).toMatchObject([
      { id: 'chat-1', serverType: 'chat', host: '127.0.0.1', area: 'north' },
      { id: 'chat-2' },
    ]);
    expect(app.getServersByType('nobody')).toBeUndefined();
    expect(app.getServersByType('connector')).toHaveLength(2);
    expect(Object.keys(app.getServers()).sort()).toEqual(['chat-1', 'chat-2', 'connector-1', 'connector-2']);
    expect(app.getServerById('chat-2')).toMatchObject({ serverType: 'chat' });
    expect(app.getServerTypes().sort()).toEqual(['chat', 'connector']);
    expect([app.isFrontend(), app.isBackend(), app.isMaster()]).toEqual([true, false, false]);
    expect(app.isFrontend({ frontend: 'true' })).toBe(true);
    expect(app.isBackend(app.getServerById('chat-1'))).toBe(true);
    expect(app.getMaster()).toMatchObject({ id: 'm-1', host: '127.0.0.1' });
  });

  test('differs: fields of servers.json keep their types, in the server itself and in all others', async () => {
    const own = { code: '007', weight: 2, open: true, area: { x: 1 }, text: '' };
    await using game = await startOldGame({
      servers: { ...oneByOne, chat: [{ ...oneByOne.chat[0], ...own }] },
    });
    expect(game.app('chat-1').getCurServer()).toMatchObject(own);
    expect(game.app('connector-1').getServerById('chat-1')).toMatchObject(own);
  });

  test('differs: getServersFromConfig and getServerFromConfig tell of the servers that are there', async () => {
    await using game = await startOldGame();
    const app = game.app('connector-1');
    expect(app.getServersFromConfig()).toEqual(app.getServers());
    expect(app.getServerFromConfig('chat-1')).toEqual(app.getServerById('chat-1'));
  });

  test('runs transactions: conditions first, handlers again when one fails', async () => {
    const seen: string[] = [];
    await using game = await startOldGame();
    const app = game.app('chat-1');
    const step = (name: string, fails = 0) => {
      let left = fails;
      return (done: Done) => {
        seen.push(name);
        done(left-- > 0 ? new Error(`${name} failed`) : undefined);
      };
    };
    app.transaction('pay', { rich: step('rich') }, { take: step('take'), give: step('give', 1) }, 2);
    await expect.poll(() => seen).toEqual(['rich', 'take', 'give', 'take', 'give']);
    app.transaction('no', { poor: step('poor', 1) }, { never: step('never') });
    await expect
      .poll(() => game.logged('error'))
      .toContain('transaction no: a condition does not hold: poor failed');
    expect(seen).not.toContain('never');
  });

  test('differs: who is in the cluster is nothing that an app can change', async () => {
    await using game = await startOldGame();
    for (const name of ['addServers', 'removeServers', 'replaceServers'])
      expect(() => game.app('chat-1')[name]([])).toThrow(/of an old app has no counterpart: /);
  });

  test('differs: app.registerAdmin is accepted and has no effect, which is logged once', async () => {
    await using game = await startOldGame({
      setUp(app) {
        app.registerAdmin({ moduleId: 'a' }, { app });
        app.registerAdmin('b', {});
      },
    });
    const warnings = game.logged('warn').filter((line) => line.startsWith('app.registerAdmin has no effect'));
    expect(warnings).toHaveLength(game.apps.size);
  });

  test('is pomelo.app, for code that has no other way to it', async () => {
    await using game = await startOldGame({
      modules: { 'app/who.js': `module.exports = require('@pomelo-ts/compat').app;` },
      handlers: {
        connector: {
          h: (app: Anything) => ({
            who: (_msg: Anything, _session: Anything, next: Anything) =>
              next(null, { id: app.require('/app/who.js').getServerId() }),
          }),
        },
      },
    });
    expect(await (await game.connect()).request('connector.h.who', {})).toEqual({ id: 'connector-1' });
  });
});

describe('components', () => {
  test('start in their order with the servers known, then all are told, and all stop', async () => {
    const seen: string[] = [];
    const component = (name: string) => ({
      name,
      start: (done: Done) => void setImmediate(() => seen.push(`start ${name}`) && done()),
      afterStart: (done: Done) => void (seen.push(`afterStart ${name}`) && done()),
      stop: (force: boolean, done: Done) => void (seen.push(`stop ${name} ${force}`) && done()),
    });
    {
      await using game = await startOldGame({
        setUp(app) {
          if (app.getServerType() !== 'chat') return;
          app.load(component('a'));
          app.load(component('b'));
        },
      });
      expect(seen).toEqual(['start a', 'start b', 'afterStart a', 'afterStart b']);
      expect(Object.keys(game.app('chat-1').components)).toEqual(['a', 'b']);
    }
    expect(seen.slice(4)).toEqual(['stop a false', 'stop b false']);
  });

  test('are objects, factories or classes, by the name that is given or their own', async () => {
    await using game = await startOldGame({
      setUp(app) {
        app.load('given', { name: 'own' });
        app.load((given: Anything, options: Anything) => ({ name: 'made', given, options }), { x: 1 });
        const Old = function Old(this: Anything, _app: Anything, options: Anything) {
          this.name = 'old';
          this.options = options;
        } as unknown as new () => object;
        Old.prototype.start = (done: Done) => done();
        app.load(Old, { y: 2 });
        expect(app.load('given', { name: 'second' })).toBe(app);
      },
    });
    const { components } = game.app('chat-1');
    expect(Object.keys(components)).toEqual(['given', 'made', 'old']);
    expect(components.given).toEqual({ name: 'own' });
    expect([components.made.given, components.made.options]).toEqual([game.app('chat-1'), { x: 1 }]);
    expect(components.old.options).toEqual({ y: 2 });
    expect(game.logged('warn').some((line) => line.includes('there is a component given already'))).toBe(
      true,
    );
  });

  test('that fail to start stop the server', async () => {
    const start = (done: Done): void => done(new Error('no database'));
    await expect(startOldGame({ setUp: (app) => app.load({ name: 'db', start }) })).rejects.toThrow(
      'no database',
    );
  });

  test("differs: pomelo's own components can be neither loaded nor reached into", async () => {
    const setUp = (app: Anything, pomelo: Anything) => app.load(pomelo.components.connector);
    await expect(startOldGame({ setUp })).rejects.toThrow(/pomelo\.components\.connector of an old app/);
    await using game = await startOldGame();
    const { components } = game.app('chat-1');
    expect(() => components.__connection__).toThrow(/app\.components\.__connection__ of an old app/);
  });
});

describe('plugins', () => {
  test('are folders of components and of listeners for the events of the application', async () => {
    await using game = await startOldGame({
      modules: {
        'plugin/components/counter.js': `module.exports = function (app, options) {
          return { name: 'counter', from: options.from, start: function (done) { app.set('counting', true); done(); } };
        };`,
        'plugin/events/listener.js': `
          var Listener = function (app) { this.app = app; };
          Listener.prototype.start_server = function (id) { this.app.set('heard', id); };
          module.exports = Listener;`,
      },
      setUp: (app) =>
        app.use(
          { components: `${app.getBase()}/plugin/components`, events: `${app.getBase()}/plugin/events` },
          { counter: { from: 5 } },
        ),
    });
    const app = game.app('chat-1');
    expect([app.components.counter.from, app.get('counting'), app.get('heard')]).toEqual([5, true, 'chat-1']);
  });
});

test('configureLogger hands config/log4js.json to the logger of the app', async () => {
  const seen: unknown[] = [];
  await using game = await startOldGame({
    servers: { chat: oneByOne.chat },
    setUp: (app) => app.configureLogger({ configure: (...args: unknown[]) => seen.push(args) }),
  });
  const base = game.app('chat-1').getBase();
  expect(seen).toEqual([[`${base}/config/log4js.json`, { serverId: 'chat-1', base }]]);
});

test('app.event tells of servers that have gone', async () => {
  const gone: string[] = [];
  await using game = await startOldGame({
    servers: twoByTwo,
    setUp: (app, pomelo) =>
      app.getServerId() === 'connector-1' &&
      app.event.on(pomelo.events.REMOVE_SERVERS, (ids: string[]) => gone.push(...ids)),
  });
  await game.cluster.server('chat-2').stop(0);
  await expect.poll(() => gone).toEqual(['chat-2']);
  expect(game.app('connector-1').getServersByType('chat')).toHaveLength(1);
});

test('app.event tells of servers that are there, of the start and of the start of all', async () => {
  const seen: unknown[] = [];
  await using game = await startOldGame({
    setUp(app, pomelo) {
      if (app.getServerType() !== 'connector') return;
      app.event.on(pomelo.events.ADD_SERVERS, (servers: Anything[]) =>
        seen.push(...servers.map(({ id, serverType }) => `${id} ${serverType}`)),
      );
      app.event.on(pomelo.events.START_SERVER, (id: string) => seen.push(`started ${id}`));
      app.event.on(pomelo.events.START_ALL, () => seen.push('all'));
    },
  });
  expect(game.apps.size).toBe(2);
  await expect.poll(() => seen).toContain('all');
  expect(seen).toContain('chat-1 chat');
  expect(seen.indexOf('started connector-1')).toBeLessThan(seen.indexOf('all'));
});
