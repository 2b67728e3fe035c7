import { describe, expect, test } from 'vitest';
import { type Anything, oneByOne, startOldGame, twoByTwo } from './old-game.js';

type Next = (error?: unknown, answer?: unknown) => void;

const handlers = {
  connector: {
    h: () => ({ ok: (_msg: Anything, _session: Anything, next: Next) => next(null, { ok: true }) }),
  },
  chat: { h: () => ({ ok: (_msg: Anything, _session: Anything, next: Next) => next(null, { ok: true }) }) },
};

describe('connectorConfig', () => {
  test('heartbeat is told to clients in seconds', async () => {
    await using game = await startOldGame({ handlers, connectorConfig: { heartbeat: 3 } });
    expect((await game.connect()).handshake).toMatchObject({ code: 200, sys: { heartbeat: 3 } });
  });

  test('differs: without heartbeat, clients are told that of settings.json5', async () => {
    await using game = await startOldGame({ handlers });
    expect((await game.connect()).handshake).toMatchObject({ code: 200, sys: { heartbeat: 30 } });
    await using other = await startOldGame({ handlers, settings: { client: { heartbeat: false } } });
    expect((await other.connect()).handshake.sys?.heartbeat).toBeUndefined();
  });

  test.each([false, true])(
    'useDict gives codes to all routes of handlers, then to those of dictionary.json (%s)',
    async (useDict) => {
      await using game = await startOldGame({
        handlers,
        connectorConfig: { useDict },
        config: { dictionary: ['onChat', 'onAdd'] },
      });
      const client = await game.connect();
      const dict = { 'chat.h.ok': 1, 'connector.h.ok': 2, onChat: 3, onAdd: 4 };
      expect(client.handshake.sys?.dict).toEqual(useDict ? dict : undefined);
      expect(await client.request('chat.h.ok', {})).toEqual({ ok: true });
    },
  );

  test('useProtobuf encodes the routes of clientProtos.json and serverProtos.json', async () => {
    await using game = await startOldGame({
      handlers: {
        connector: {
          h: () => ({
            add: (msg: Anything, _session: Anything, next: Next) => next(null, { sum: msg.a + msg.b }),
          }),
        },
      },
      connectorConfig: { useProtobuf: true },
      config: {
        clientProtos: { 'connector.h.add': { 'required uInt32 a': 1, 'required uInt32 b': 2 } },
        serverProtos: { 'connector.h.add': { 'required uInt32 sum': 1 } },
      },
    });
    const client = await game.connect();
    expect(client.handshake.sys?.protos).toMatchObject({ server: { 'connector.h.add': {} } });
    expect(await client.request('connector.h.add', { a: 2, b: 3 })).toEqual({ sum: 5 });
    expect([...client.messages[0]!.body]).toEqual([8, 5]);
  });

  test('differs: a connector without useProtobuf beside files with protos is refused', async () => {
    const config = { serverProtos: { onChat: { 'required string msg': 1 } } };
    await expect(startOldGame({ handlers, config })).rejects.toThrow(
      /connector-1 without useProtobuf .* "protobuf": false/,
    );
  });

  test('handshake gives clients data of the app, or refuses them', async () => {
    await using game = await startOldGame({
      handlers,
      connectorConfig: {
        handshake(msg: Anything, cb: (error: unknown, user?: object) => void) {
          cb(null, { from: msg.sys.type });
        },
      },
    });
    expect((await game.connect()).handshake).toMatchObject({ code: 200, user: { from: 'tcp' } });
    await using other = await startOldGame({
      handlers,
      connectorConfig: { handshake: (_msg: Anything, cb: (error: unknown) => void) => cb(new Error('no')) },
    });
    await expect(other.connect()).rejects.toThrow('500');
  });

  test('checkClient refuses versions with code 501', async () => {
    await using game = await startOldGame({
      handlers,
      connectorConfig: { checkClient: (type: string, version: string) => type !== 'tcp' || version !== '1' },
    });
    await expect(game.connect()).rejects.toThrow('501');
  });

  test('blacklistFun with useHostFilter refuses addresses by regular expressions', async () => {
    const blacklistFun = (cb: (error: unknown, list: string[]) => void): void => cb(null, ['127\\.0\\.']);
    await using open = await startOldGame({ handlers, connectorConfig: { blacklistFun } });
    expect(await (await open.connect()).request('connector.h.ok', {})).toEqual({ ok: true });
    await using closed = await startOldGame({
      handlers,
      connectorConfig: { blacklistFun, useHostFilter: true },
    });
    await expect(closed.connect()).rejects.toThrow('403');
  });

  test.each(['sioconnector', 'udpconnector', 'mqttconnector', undefined])(
    'differs: any other connector than hybridconnector is refused, and so is none (%s)',
    async (name) => {
      const setUp = (app: Anything, pomelo: Anything) =>
        app.set('connectorConfig', name && { connector: pomelo.connectors[name] });
      await expect(startOldGame({ setUp })).rejects.toThrow(/set pomelo\.connectors\.hybridconnector/);
    },
  );
});

test.each([
  ['connectorConfig', 'useCrypto', true],
  ['connectorConfig', 'encode', () => ''],
  ['connectorConfig', 'ssl', {}],
  ['channelConfig', 'broadcastFilter', () => true],
  ['channelConfig', 'store', {}],
  ['dictionaryConfig', 'dict', 'x.json'],
  ['protobufConfig', 'clientProtos', 'x.json'],
])(
  'differs: a setting whose absence would break a promise stops the start: %s.%s',
  async (name, key, value) => {
    const setUp = (app: Anything) => app.set(name, { ...app.get(name), [key]: value });
    await expect(startOldGame({ setUp })).rejects.toThrow(`${key} of app.set('${name}') of an old app`);
  },
);

test('differs: a setting that only tuned something is warned of, with what there is instead', async () => {
  await using game = await startOldGame({
    setUp(app) {
      app.set('proxyConfig', { bufferMsg: true, interval: 30, timeout: 5000 });
      app.set('remoteConfig', { bufferMsg: true });
      app.set('pushSchedulerConfig', { flushInterval: 20 });
      app.enable('systemMonitor');
    },
  });
  const warned = game.logged('warn').map((line) => line.split(':')[0]);
  for (const name of ['proxyConfig', 'remoteConfig', 'pushSchedulerConfig', 'systemMonitor'])
    expect(
      warned.some((line) => line?.includes(`app.set('${name}') has no effect`)),
      name,
    ).toBe(true);
  expect(warned.some((line) => line?.startsWith('timeout of'))).toBe(false);
  expect(game.cluster.app('chat-1').settings.settings.rpc.timeoutMs).toBe(5000);
});

describe('files in config/', () => {
  test('servers.json counts with clusterCount and ++', async () => {
    const config = {
      chat: [{ clusterCount: 2, host: '127.0.0.1', port: '21150++' }],
      connector: oneByOne.connector,
    };
    await using game = await startOldGame({ servers: config });
    expect(game.app('connector-1').getServersByType('chat')).toMatchObject([
      { id: 'cluster-server-chat-0' },
      { id: 'cluster-server-chat-1' },
    ]);
  });

  test('servers.json bounds the clients of a frontend by max-connections', async () => {
    const connector = [{ ...oneByOne.connector[0], 'max-connections': 1 }];
    await using game = await startOldGame({ handlers, servers: { ...oneByOne, connector } });
    const first = await game.connect();
    expect(await first.request('connector.h.ok', {})).toEqual({ ok: true });
    await expect(game.connect()).rejects.toThrow();
    expect(await first.request('connector.h.ok', {})).toEqual({ ok: true });
  });

  test('are read by environment: under its name in config/, else in its folder', async () => {
    await using game = await startOldGame({
      modules: { 'app/read.js': 'module.exports = 1;' },
      setUp(app) {
        app.loadConfigBaseApp('named', '/config/named.json');
        app.loadConfigBaseApp('whole', '/config/whole.json');
        app.loadConfigBaseApp('inFolder', '/config/inFolder.json');
        app.loadConfigBaseApp('nowhere', '/config/nowhere.json');
        app.loadConfig('absolute', `${app.getBase()}/config/whole.json`);
      },
      config: {
        named: { development: { a: 1 }, production: { a: 2 } },
        whole: { b: 3 },
        'development/inFolder': { c: 4 },
      },
    });
    const app = game.app('chat-1');
    expect(['named', 'whole', 'inFolder', 'nowhere', 'absolute'].map((key) => app.get(key))).toEqual([
      ...[{ a: 1 }, { b: 3 }, { c: 4 }, undefined, { b: 3 }],
    ]);
    expect(game.logged('error').some((line) => line.includes("app.loadConfigBaseApp('nowhere')"))).toBe(true);
    expect(app.require('/app/read.js')).toBe(1);
  });

  test('are read again at every change when loadConfigBaseApp is told to', async () => {
    await using game = await startOldGame({
      servers: { chat: oneByOne.chat },
      setUp: (app) => app.loadConfigBaseApp('live', '/config/live.json', true),
      config: { live: { n: 1 } },
    });
    const app = game.app('chat-1');
    expect(app.get('live')).toEqual({ n: 1 });
    for (const n of [2, 3]) {
      game.files.write('config/live.json', JSON.stringify({ n }));
      await expect.poll(() => app.get('live')).toEqual({ n });
    }
  });

  test('differs: log4js.json, adminServer.json, adminUser.json and masterha.json are not read, which is logged', async () => {
    await using game = await startOldGame({
      config: { log4js: {}, adminServer: [], 'development/adminUser': [], masterha: {} },
    });
    expect(game.logged('warn')).toContain(
      'config/log4js.json, config/adminServer.json, config/development/adminUser.json, config/masterha.json: not read, pomelo-ts migrate tells what is instead of them',
    );
  });
});

describe('crons', () => {
  const cron = (app: Anything) => ({
    tick() {
      app.set('ticks', (app.get('ticks') ?? 0) + 1);
    },
  });
  const modules = { 'app/servers/chat/cron/chatCron.js': cron };

  test('of crons.json run on every server of the type, or on the one that is named', async () => {
    await using game = await startOldGame({
      servers: twoByTwo,
      modules,
      config: {
        crons: {
          chat: [
            { id: 'all', time: '* * * * * *', action: 'chatCron.tick' },
            { id: 'one', time: '0 0 4 1 * *', action: 'chatCron.tick', serverId: 'chat-1' },
          ],
        },
      },
    });
    await expect.poll(() => game.app('chat-1').get('ticks')).toBeGreaterThan(0);
    await expect.poll(() => game.app('chat-2').get('ticks')).toBeGreaterThan(0);
    expect(game.cluster.app('chat-1').crons.list.map(({ entry }) => entry.id)).toEqual(['all', 'one']);
    expect(game.cluster.app('chat-2').crons.list.map(({ entry }) => entry.id)).toEqual(['all']);
  });

  test('are added and removed while the server runs, and app.event tells of it', async () => {
    const seen: unknown[] = [];
    await using game = await startOldGame({
      modules,
      setUp: (app, pomelo) =>
        app.event.on(pomelo.events.ADD_CRONS, (crons: Anything[]) => seen.push(crons.map(({ id }) => id))),
    });
    const app = game.app('chat-1');
    app.addCrons([
      { id: 'added', time: '* * * * * *', action: 'chatCron.tick' },
      { id: 'elsewhere', time: '* * * * * *', action: 'chatCron.tick', serverId: 'chat-9' },
    ]);
    await expect.poll(() => app.get('ticks')).toBeGreaterThan(0);
    app.removeCrons([{ id: 'added' }]);
    expect(game.cluster.app('chat-1').crons.list).toEqual([]);
    expect(seen).toEqual([['added', 'elsewhere']]);
  });

  test('go on while the clock is set back, and a daily one whose time comes twice does not run again', async () => {
    const { now } = Date;
    const zone = process.env['TZ'];
    const again = Date.UTC(2026, 9, 25, 1); // 2:00 in Berlin for the second time
    process.env['TZ'] = 'Europe/Berlin';
    try {
      const seen: [string, number][] = [];
      await using game = await startOldGame({
        modules: {
          'app/servers/chat/cron/chatCron.js': () => ({
            often: () => seen.push(['often', Date.now()]),
            daily: () => seen.push(['daily', Date.now()]),
          }),
        },
      });
      const ahead = again - 4000 - now();
      Date.now = () => now() + ahead;
      game.app('chat-1').addCrons([
        { id: 'often', time: '* * * * * *', action: 'chatCron.often' },
        { id: 'before', time: '58 59 2 * * *', action: 'chatCron.daily' },
        { id: 'again', time: '2 0 2 * * *', action: 'chatCron.daily' },
      ]);
      const after = () => seen.filter(([, at]) => at >= again + 3000);
      await expect.poll(() => after().length).toBeGreaterThan(1);
      const daily = seen.filter(([id]) => id === 'daily').map(([, at]) => Math.round((at - again) / 1000));
      expect(daily).toEqual([-2]);
    } finally {
      Date.now = now;
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    }
  });

  test('that are removed before the start never begin', async () => {
    const time = '0 0 4 1 * *';
    const entry = (id: string) => ({ id, time, action: 'chatCron.tick' });
    await using game = await startOldGame({
      modules,
      config: { crons: { chat: [entry('of the file'), entry('stays')] } },
      setUp: (app) => {
        app.addCrons([entry('own'), entry('too')]);
        app.removeCrons([{ id: 'own' }, { id: 'of the file' }]);
      },
    });
    expect(game.cluster.app('chat-1').crons.list.map(({ entry: { id } }) => id)).toEqual(['stays', 'too']);
  });

  test('that never come are told and left out', async () => {
    await using game = await startOldGame({ modules });
    const app = game.app('chat-1');
    app.addCrons([
      { id: 'never', time: '0 0 4 30 1 *', action: 'chatCron.tick' },
      { id: 'leap', time: '0 0 4 29 1 *', action: 'chatCron.tick' },
    ]);
    expect(game.cluster.app('chat-1').crons.list.map(({ entry }) => entry.time)).toEqual(['0 0 4 29 feb *']);
  });

  test.each([
    ['pomelo', '0 0 4 1 5 *', '0 0 4 1 jun *'],
    ['pinus', '0 0 4 1 2-4 *', '0 0 4 1 mar-may *'],
  ] as const)(
    'differs: a month that is a number is refused, with its name (%s %s)',
    async (style, time, said) => {
      const config = { crons: { chat: [{ id: 'c', time, action: 'chatCron.tick' }] } };
      await expect(startOldGame({ style, modules, config })).rejects.toThrow(`write "${said}"`);
    },
  );

  test('differs: a/b of crons.json is refused, since pomelo and pinus mean different times', async () => {
    const config = { crons: { chat: [{ id: 'c', time: '0 5/15 4 * * *', action: 'chatCron.tick' }] } };
    await expect(startOldGame({ modules, config })).rejects.toThrow(
      '5/15 means other things to pomelo and to pinus',
    );
  });
});
