import { expect, test } from 'vitest';
import { type Anything, oneByOne, startOldGame } from './old-game.js';

/** A lifecycle.js that says in `globalThis` when its hooks run. */
const lifecycle = (id: string): string => `
  var note = function (name) { (globalThis.oldHooks = globalThis.oldHooks || []).push(name + ' ${id}'); };
  exports.beforeStartup = function (app, cb) { note('beforeStartup'); setImmediate(cb); };
  exports.afterStartup = function (app, cb) { note('afterStartup'); cb(); };
  exports.afterStartAll = function (app) { note('afterStartAll'); };
  exports.beforeShutdown = function (app, shutDown, cancelTimer) { note('beforeShutdown'); cancelTimer(); shutDown(); };
`;
const shared = globalThis as { oldHooks?: string[] };

test('a server starts by lifecycle.js, then its components, then both again, then app.start calls back', async () => {
  shared.oldHooks = [];
  const note = (name: string): void => void shared.oldHooks!.push(name);
  {
    await using game = await startOldGame({
      servers: { chat: oneByOne.chat },
      modules: { 'app/servers/chat/lifecycle.js': lifecycle('chat') },
      source: `
        const pomelo = require('@pomelo-ts/compat');
        const app = pomelo.createApp();
        const note = (name) => globalThis.oldHooks.push(name);
        app.load({
          name: 'part',
          start: (cb) => { note('start'); cb(); },
          afterStart: (cb) => { note('afterStart'); cb(); },
          stop: (force, cb) => { note('stop'); cb(); },
        });
        app.start(() => note('started'));
        note('app.js is done');`,
    });
    await expect.poll(() => shared.oldHooks).toContain('afterStartAll chat');
    expect(game.cluster.servers).toHaveLength(1);
    note('stopping');
  }
  expect(shared.oldHooks).toEqual([
    ...['app.js is done', 'beforeStartup chat', 'start', 'afterStart', 'afterStartup chat', 'started'],
    ...['afterStartAll chat', 'stopping', 'beforeShutdown chat', 'stop'],
  ]);
});

test('a hook that fails stops the start, with the file that it is from', async () => {
  const source = "exports.beforeStartup = function (app, cb) { cb(new Error('no licence')); };";
  const starting = startOldGame({ modules: { 'app/servers/chat/lifecycle.js': source } });
  await expect(starting).rejects.toThrow(/beforeStartup of lifecycle\.js of chat failed: no licence/);
});

test('differs: a component that does not call back fails the start by lifecycle.timeout, with its name', async () => {
  const setUp = (app: Anything) => app.load({ name: 'stuck', start: (_done: () => void) => {} });
  const starting = startOldGame({ setUp, settings: { lifecycle: { timeout: '50ms' } } });
  await expect(starting).rejects.toThrow(/start of the component stuck did not finish within 50 ms/);
});

test('beforeStopHook runs when the server stops', async () => {
  const seen: string[] = [];
  {
    await using game = await startOldGame({
      setUp: (app) =>
        app.beforeStopHook((given: unknown, shutDown: () => void) => {
          seen.push(String(given === app));
          shutDown();
        }),
    });
    expect(game.apps.size).toBe(2);
  }
  expect(seen).toEqual(['true', 'true']);
});

test('the server waits for an app that reads something before it calls app.start', async () => {
  await using game = await startOldGame({
    servers: { chat: oneByOne.chat },
    source: `
      const pomelo = require('@pomelo-ts/compat');
      const app = pomelo.createApp();
      setImmediate(() => { app.set('read', true); app.start(); });
      globalThis.oldGames.get(app.getBase())(app, pomelo);`,
  });
  expect(game.app('chat-1').get('read')).toBe(true);
});

test('differs: another base than the folder of app.js is refused by createApp', async () => {
  const source = (base: string): string =>
    `require('@pomelo-ts/compat').createApp({ base: ${base} }).start();`;
  await using game = await startOldGame({ servers: { chat: oneByOne.chat }, source: source('__dirname') });
  expect(game.cluster.servers).toHaveLength(1);
  await expect(startOldGame({ source: source("'/elsewhere'") })).rejects.toThrow(
    /createApp\(\{ base: '\/elsewhere' \}\) of an old app has no counterpart/,
  );
});

test('what app.js throws after createApp() stops the start', async () => {
  const source = "require('@pomelo-ts/compat').createApp(); throw new Error('wrong line');";
  await expect(startOldGame({ source })).rejects.toThrow('wrong line');
});

test('createApp() in a process that pomelo-ts has not started says how to start it', async () => {
  const { createRequire } = await import('node:module');
  const compat = createRequire(import.meta.url)('@pomelo-ts/compat');
  expect(() => compat.createApp()).toThrow('pomelo-ts start, not node app.js');
});

test('differs: app.stop in single mode is refused, since all servers share the process', async () => {
  await using game = await startOldGame();
  expect(() => game.app('chat-1').stop()).toThrow(/app\.stop in single mode of an old app/);
});

test.each([
  "import pomelo from '@pomelo-ts/compat';",
  "import { pinus as pomelo } from '@pomelo-ts/compat';",
  "import * as pomelo from '@pomelo-ts/compat';",
  "const pomelo = require('@pomelo-ts/compat');",
  "const { pinus: pomelo } = require('@pomelo-ts/compat');",
])('the framework comes by %s', async (line) => {
  await using game = await startOldGame({
    source: `${line}
      const app = pomelo.createApp();
      app.set('connectorConfig', { connector: pomelo.connectors.hybridconnector });
      globalThis.oldGames.get(app.getBase())(app, pomelo);
      app.start();`,
  });
  expect([...game.apps.keys()].sort()).toEqual(['chat-1', 'connector-1']);
});
