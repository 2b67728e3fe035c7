import { type Logger, silentLogger } from '@pomelo-ts/common';
import { describe, expect, it } from 'vitest';
import { RawClient } from '../../../test/helpers/raw-client.js';
import type { Application } from '../src/application.js';
import { defineShared, type Shared } from '../src/definitions.js';
import { startGame } from './running-game.js';

let log: string[] = [];

const noting = (name: string, more: object = {}) =>
  defineShared(
    name,
    () => {
      log.push(`makes ${name}`);
      return { name, ...more };
    },
    { dispose: () => void log.push(`ends ${name}`) },
  );

const servers = { chat: [{ id: 'chat-1' }, { id: 'chat-2' }] };
const start = (app: (app: Application) => unknown = () => {}, logger: Logger = silentLogger) => {
  log = [];
  return startGame({ servers, app }, { logger });
};

describe('what the code of a server shares', () => {
  it('is one thing to its handlers, remotes, crons and filters, and another one to each server of a process', async () => {
    const counted = defineShared('chat.counted', () => ({ count: 0 }));
    const count = (app: Application) => () => ({ count: ++app.shared(counted).count });
    await using game = await startGame({
      servers: { ...servers, connector: [{ id: 'connector-1', frontend: true }] },
      app: (app) => app.route('chat', (to) => (typeof to === 'string' ? to : 'chat-1')),
      handlers: { chat: { handler: (app) => ({ count: count(app) }) } },
      remotes: { chat: { remote: (app) => ({ count: count(app) }) } },
      modules: {
        'app/servers/chat/cron/chatCron.js': (app: Application) => ({ count: count(app) }),
        'app/servers/chat/filter/counts.js': (app: Application) => ({ before: () => void count(app)() }),
      },
      config: { crons: { chat: [{ id: 'count', time: '0 0 0 1 1 *', action: 'chatCron.count' }] } },
    });
    await using client = await RawClient.join(game.port('connector-1'));
    const { remote } = game.app('connector-1').rpc['chat']!;
    expect(await client.request('chat.handler.count')).toEqual({ count: 2 });
    expect(await remote!['count']!('chat-1')).toEqual({ count: 3 });
    await game.app('chat-1').crons.run('count');
    expect(game.app('chat-1').shared(counted)).toEqual({ count: 4 });
    expect(await remote!['count']!('chat-2')).toEqual({ count: 1 });
  });

  it('is made when it is first asked for, once, by whoever asks', async () => {
    await using game = await start();
    const app = game.app('chat-1');
    expect(log).toEqual([]);
    const made = app.shared(noting('rooms'));
    expect(app.shared(noting('rooms'))).toBe(made);
    expect(app.shared('rooms', () => ({}))).toBe(made);
    expect(log).toEqual(['makes rooms']);
  });

  it('is not kept when its making throws: the error is whoever’s who asks, and the next one makes it anew', async () => {
    await using game = await start();
    const app = game.app('chat-1');
    let fails = true;
    const shaky = defineShared('shaky', () => {
      if (fails) throw new Error('not yet');
      return 'made';
    });
    expect(() => app.shared(shaky)).toThrow('not yet');
    fails = false;
    expect(app.shared(shaky)).toBe('made');
  });

  it('may be made of others, and never of itself', async () => {
    await using game = await start();
    const app = game.app('chat-1');
    const one: Shared<unknown> = defineShared<unknown>('one', (app) => ({ of: app.shared(two) }));
    const two: Shared<unknown> = defineShared<unknown>('two', (app) => ({ of: app.shared(three) }));
    const three: Shared<unknown> = defineShared<unknown>('three', (app) => ({ of: app.shared(two) }));
    expect(() => app.shared(one)).toThrow(
      'What two shares cannot be made, as its making asks for itself: two -> three -> two.',
    );
    expect(app.shared('three', () => 'made')).toBe('made');
    expect(app.shared(one)).toEqual({ of: { of: 'made' } });
  });

  it('is no promise: what must be waited for is opened by a hook', async () => {
    await using game = await start();
    // @ts-expect-error a promise is no shared thing
    expect(() => game.app('chat-1').shared('later', async () => 1)).toThrow(
      'later cannot be shared: its make gave a promise. Make it at once, and open it in app.onStarted',
    );
  });

  it('is refused as a promise once, however that ends', async () => {
    await using game = await start();
    const unhandled: unknown[] = [];
    const note = (error: unknown): void => void unhandled.push(error);
    process.on('unhandledRejection', note);
    const fails = async (): Promise<Map<string, number>> => {
      throw new Error('of the game');
    };
    // @ts-expect-error a promise is no shared thing
    const later = defineShared('later', fails);
    expect(() => game.app('chat-1').shared(later)).toThrow(
      expect.objectContaining({ code: 'SHARED_INVALID' }),
    );
    // Node tells of them when the microtasks are done.
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
    const map: Map<string, number> = game.app('chat-1').shared('map', () => new Map<string, number>());
    expect(map.size).toBe(0);
  });

  it('ends after the last onStop, what was made last first, by its dispose or by its own symbol', async () => {
    await using game = await start((app) => app.onStop(() => log.push('onStop')));
    const app = game.app('chat-1');
    const base = noting('base');
    app.shared('top', (app) => {
      app.shared(base);
      return { [Symbol.dispose]: () => log.push('ends top') };
    });
    app.shared('last', () => ({
      [Symbol.asyncDispose]: async () => {
        await new Promise((resolve) => setImmediate(resolve));
        log.push('ends last');
      },
    }));
    app.shared('without an end', () => 1);
    log = [];
    await game.stop('chat-1');
    expect(log).toEqual(['onStop', 'ends last', 'ends top', 'ends base']);
  });

  it('is refused to whoever asks too late, while what is made of it may still be ended with it', async () => {
    await using game = await start();
    const app = game.app('chat-1');
    const base = noting('base');
    let seen: unknown;
    app.shared('top', (app) => app.shared(base), {
      dispose: () => {
        seen = app.shared(base);
      },
    });
    await game.stop('chat-1');
    expect(seen).toMatchObject({ name: 'base' });
    for (const late of [base, noting('never made')])
      expect(() => app.shared(late)).toThrow(
        `${late.name} was asked for too late: this server has disposed of what its code shares.`,
      );
  });

  it('keeps nobody from stopping whose end fails or never comes, and tells which', async () => {
    const errors: string[] = [];
    const logger: Logger = {
      ...silentLogger,
      error: (message, { error } = {}) => errors.push(`${message}: ${(error as Error).message}`),
    };
    await using game = await start((app) => app.onStop(() => new Promise(() => {})), logger);
    const app = game.app('chat-1');
    app.shared(noting('fine'));
    app.shared('hangs', () => 1, { dispose: () => new Promise(() => {}) });
    app.shared('fails', () => 1, {
      dispose: () => {
        throw new Error('of the game');
      },
    });
    await game.stop('chat-1', 700);
    expect(log).toEqual(['makes fine', 'ends fine']);
    expect(errors).toEqual([
      expect.stringMatching(/^an onStop of the game failed: an onStop did not end within \d+ ms/),
      'dispose of fails of the game failed: of the game',
      expect.stringMatching(
        /^dispose of hangs of the game failed: dispose of hangs did not end within 500 ms/,
      ),
    ]);
    expect(app.counters.lifecycleFailures.value).toBe(3);
  });

  it('ends with a start that fails', async () => {
    const fails = (when: 'beforeStartup' | 'onStarted') =>
      start((app) => {
        app.shared(noting(when));
        if (when === 'onStarted')
          app.onStarted(() => {
            throw new Error('of the game');
          });
        else
          app.lifecycle({
            beforeStartup: () => {
              throw new Error('of the game');
            },
          });
      });
    for (const when of ['beforeStartup', 'onStarted'] as const) {
      await expect(fails(when)).rejects.toThrow('of the game');
      expect(log).toContain(`ends ${when}`);
    }
  });
});
