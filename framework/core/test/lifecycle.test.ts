import { FakeClock } from '@pomelo-ts/common/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { RawClient } from '../../../test/helpers/raw-client.js';
import type { Application } from '../src/application.js';
import type { Lifecycle } from '../src/lifecycle.js';
import { definePlugin, type Plugin } from '../src/plugin.js';
import { poll } from './poll.js';
import { type RunningGame, type StartOptions, startGame } from './running-game.js';

let log: string[] = [];

const noting = (name: string): Required<Lifecycle> => ({
  beforeStartup: (app) => void log.push(`${app.serverId} ${name} beforeStartup`),
  afterStartup: (app) => void log.push(`${app.serverId} ${name} afterStartup`),
  afterStartAll: (app) => void log.push(`${app.serverId} ${name} afterStartAll`),
  beforeShutdown: (app) => void log.push(`${app.serverId} ${name} beforeShutdown`),
});

function start(
  lifecycle: Lifecycle,
  app: (app: Application) => unknown = () => {},
  options: StartOptions = {},
): Promise<RunningGame> {
  log = [];
  return startGame(
    {
      servers: {
        chat: [{ id: 'chat-1' }, { id: 'chat-2' }],
        connector: [{ id: 'connector-1', frontend: true }],
      },
      app,
      modules: { 'app/servers/chat/lifecycle.js': lifecycle },
      handlers: { connector: { handler: () => ({ echo: (msg: object) => msg }) } },
      settings: { lifecycle: { timeout: '5s' } },
    },
    { only: ['chat-1'], ...options },
  );
}

describe('the hooks of a server', () => {
  it('run in the order of its life, those of plugins first and last', async () => {
    const game = await start(noting('lifecycle.js'), async (app) => {
      await app.use(definePlugin({ name: 'of-the-test', ...noting('plugin') }));
      app.onStarted(() => log.push('onStarted'));
      app.onStop(() => log.push('onStop'));
    });
    game.hub.allStarted();
    await poll(() => log.length).toBe(7);
    await game[Symbol.asyncDispose]();
    expect(log.map((line) => line.replace('chat-1 ', ''))).toEqual([
      'plugin beforeStartup',
      'lifecycle.js beforeStartup',
      'onStarted',
      'plugin afterStartup',
      'lifecycle.js afterStartup',
      'plugin afterStartAll',
      'lifecycle.js afterStartAll',
      'lifecycle.js beforeShutdown',
      'plugin beforeShutdown',
      'onStop',
    ]);
  });

  it('tell a server that comes later that all are there, too, and nobody twice', async () => {
    await using game = await start(noting('lifecycle.js'));
    game.hub.allStarted();
    await poll(() => log).toContain('chat-1 lifecycle.js afterStartAll');
    await game.start('chat-2');
    await poll(() => log).toContain('chat-2 lifecycle.js afterStartAll');
    game.hub.allStarted();
    await game.stop('chat-2');
    expect(log.filter((line) => line.endsWith('afterStartAll'))).toHaveLength(2);
  });

  it('stop the start when one of them fails before the server is ready', async () => {
    const fails = {
      afterStartup: async () => {
        throw new Error('no database');
      },
    };
    await expect(start(fails)).rejects.toMatchObject({
      code: 'HOOK_FAILED',
      message: 'afterStartup of lifecycle.js of chat failed: no database',
    });
  });

  it('stop the start when one of them takes too long', async () => {
    const clock = new FakeClock();
    let begun = false;
    const hangs = {
      beforeStartup: () => {
        begun = true;
        return new Promise(() => {});
      },
    };
    const starting = start(hangs, () => {}, { clock });
    const refused = expect(starting).rejects.toMatchObject({
      code: 'HOOK_TIMEOUT',
      message: expect.stringContaining('beforeStartup of lifecycle.js of chat did not finish within 5000 ms'),
    });
    await poll(() => begun).toBe(true);
    clock.pass(5000);
    await refused;
  });

  it('are counted when they fail later, and the server goes on', async () => {
    const game = await start({
      afterStartAll: () => {
        throw new Error('too late');
      },
      beforeShutdown: async () => {
        throw new Error('too late');
      },
    });
    game.hub.allStarted();
    await poll(() => game.count('chat-1', 'lifecycle.failures')).toBe(1);
    const { counters } = game.app('chat-1');
    await game[Symbol.asyncDispose]();
    expect(counters.lifecycleFailures.value).toBe(2);
  });

  it('may still talk to clients before the shutdown', async () => {
    let answer: object | undefined;
    let client: RawClient | undefined;
    const app = (one: Application) =>
      one.lifecycle({
        beforeShutdown: async () => {
          answer = await client!.request('connector.handler.echo', { still: 'here' });
        },
      });
    const game = await start({ afterStartup: () => {} }, app, { only: ['connector-1'] });
    client = await RawClient.join(game.port('connector-1'));
    await game.stop('connector-1');
    expect(answer).toEqual({ still: 'here' });
    await game[Symbol.asyncDispose]();
  });

  it('that a file exports none of is an error that names them', async () => {
    await expect(start({ afterstartup: () => {} } as Lifecycle)).rejects.toThrow(
      /lifecycle\.js is not an app: expected a default export with at least one of beforeStartup, .*got afterstartup/,
    );
  });
});

describe('a plugin', () => {
  it('is set up at once with its options, and once only', async () => {
    const plugin = definePlugin<{ path: string }>({
      name: 'status-page',
      setUp: (_app, { path }) => void log.push(`set up ${path}`),
    });
    await using _game = await start({ afterStartup: () => {} }, (app) => app.use(plugin, { path: '/up' }));
    expect(log).toEqual(['set up /up']);
    const twice = async (app: Application) => {
      await app.use(plugin, { path: '/a' });
      await app.use(plugin, { path: '/b' });
    };
    await expect(start({ afterStartup: () => {} }, twice)).rejects.toMatchObject({ code: 'PLUGIN_TWICE' });
  });

  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'expected a plugin with a name'],
    ['one without a name', { setUp: () => {} }, 'expected a plugin with a name'],
    ['one whose setUp is none', { name: 'p', setUp: 5 }, 'expected a function as setUp'],
    ['a relative folder', { name: 'p', appDir: 'plugin' }, 'expected an absolute path as appDir, got plugin'],
    [
      'a folder that is not there',
      { name: 'p', appDir: '/not/there' },
      'there is no app/servers in /not/there',
    ],
  ])('is no plugin, and ends the start, though nobody waits for it: %s', async (_, plugin, reason) => {
    const used = start({ afterStartup: () => {} }, (app) => void app.use(plugin as Plugin));
    await expect(used).rejects.toMatchObject({ code: 'PLUGIN_INVALID', facts: { reason } });
  });

  it('ends the start when its setUp throws or it is used twice, though nobody waits for it', async () => {
    const broken = definePlugin({
      name: 'broken',
      setUp() {
        throw new Error('no luck');
      },
    });
    await expect(start({ afterStartup: () => {} }, (app) => void app.use(broken))).rejects.toThrow('no luck');
    const twice = (app: Application) => {
      void app.use({ name: 'p' });
      void app.use({ name: 'p' });
    };
    await expect(start({ afterStartup: () => {} }, twice)).rejects.toMatchObject({ code: 'PLUGIN_TWICE' });
  });

  it('ends the start when its asynchronous setUp fails, though nobody waits for it, and not when the game deals with that', async () => {
    const broken = definePlugin({
      name: 'broken',
      async setUp() {
        await new Promise((resolve) => setImmediate(resolve));
        throw new Error('no luck later');
      },
    });
    const strays: unknown[] = [];
    const stray = (error: unknown) => void strays.push(error);
    process.on('unhandledRejection', stray);
    onTestFinished(() => void process.off('unhandledRejection', stray));
    await expect(start({ afterStartup: () => {} }, (app) => void app.use(broken))).rejects.toThrow(
      'no luck later',
    );
    await expect(start({ afterStartup: () => {} }, (app) => app.use(broken))).rejects.toThrow(
      'no luck later',
    );
    await using _game = await start({ afterStartup: () => {} }, (app) => app.use(broken).catch(() => {}));
    expect(strays).toEqual([]);
  });

  it('brings handlers of its own', async () => {
    await using plugged = await start({ afterStartup: () => {} });
    plugged.files.write(
      'plugin/app/servers/connector/handler/pluginHandler.js',
      'export default () => ({ hello: () => ({ from: "plugin" }) });',
    );
    const appDir = `${plugged.files.root}/plugin`;
    await using game = await start({ afterStartup: () => {} }, (app) => app.use({ name: 'p', appDir }), {
      only: ['connector-1'],
    });
    await using client = await RawClient.join(game.port('connector-1'));
    expect(await client.request('connector.pluginHandler.hello')).toEqual({ from: 'plugin' });
  });
});
