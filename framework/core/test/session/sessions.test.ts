import { silentLogger } from '@pomelo-ts/common';
import { MemoryNetwork, memoryTransport } from '@pomelo-ts/rpc';
import { describe, expect, it, vi } from 'vitest';
import { RawClient } from '../../../../test/helpers/raw-client.js';
import { HoldingTransport } from '../../../rpc/test/holding-transport.js';
import type { Application } from '../../src/application.js';
import type { Session } from '../../src/session.js';
import type { Uid } from '../../src/session-names.js';
import { poll } from '../poll.js';
import { type RunningGame, type StartOptions, startGame } from '../running-game.js';

/** What every server of the game has heard of sessions' ends: server, frontend, session, reason. */
type Ends = [server: string, frontend: string, id: string, reason: string][];

interface Cluster {
  readonly game: RunningGame;
  readonly ends: Ends;
  client(connector?: number): Promise<RawClient>;
}

async function cluster(
  session: object = {},
  options: StartOptions = {},
  app?: (app: Application) => void,
): Promise<Cluster> {
  const ends: Ends = [];
  const game = await startGame(
    {
      servers: {
        connector: [
          { id: 'connector-1', frontend: true },
          { id: 'connector-2', frontend: true },
        ],
        chat: [{ id: 'chat-1' }],
        arena: [{ id: 'arena-1' }],
      },
      settings: { session, client: { dictionary: false } },
      app: (one) => {
        one.onSessionClosed(({ frontendId, id }, reason) =>
          ends.push([one.serverId, frontendId, id, reason]),
        );
        app?.(one);
      },
      handlers: { connector: { entry }, chat: { entry }, arena: { entry } },
    },
    options,
  );
  return { game, ends, client: (connector = 1) => RawClient.join(game.port(`connector-${connector}`)) };
}

/** The id of the session that connector-1 opened last. */
const idOfNewest = (game: RunningGame): string => game.servers.get('connector-1')!.newestSession!.id;

const entry = () => ({
  bind: async ({ uid }: { uid: Uid }, session: Session) => {
    await session.bind(uid);
    return { uid: session.uid };
  },
  unbind: async (_msg: unknown, session: Session) => {
    await session.unbind();
    return { uid: session.uid ?? null };
  },
  set: async ({ key, value }: { key: string; value: unknown }, session: Session) => {
    session.set(key, value);
    return { own: session.get(key) };
  },
  push: async (msg: Record<string, unknown>, session: Session) => {
    for (const [key, value] of Object.entries(msg)) session.set(key, value);
    await session.push();
    return {};
  },
  see: ({ key }: { key: string }, session: Session) => ({
    value: session.get(key) ?? null,
    uid: session.uid ?? null,
    address: session.remoteAddress,
    frontend: session.frontendId,
  }),
  keep: (_msg: unknown, session: Session) => {
    session.set('timer', () => 1);
    return {};
  },
  keepLater: (_msg: unknown, session: Session) => {
    const kept: { timer?: () => number } = {};
    session.set('kept', kept);
    kept.timer = () => 1;
  },
  kickMe: (_msg: unknown, session: Session) => session.kick('you asked for it'),
  watch: (_msg: unknown, session: Session) => {
    session.onClosed(() => {
      throw new Error('a listener of the game that fails');
    });
    return {};
  },
});

const taken = { code: 409, message: 'u1 is already bound to another session.' };

describe('settings of a session', () => {
  const timerIs = (message: RegExp) => ({
    error: expect.objectContaining({ message: expect.stringMatching(message) }),
  });

  it.each(['connector', 'chat'])(
    'that cannot travel are refused at once on a %s, with their place',
    async (type) => {
      const told = vi.fn();
      const { game, client } = await cluster({}, { logger: { ...silentLogger, error: told } });
      await using _game = game;
      await using player = await client();
      await player.request('connector.entry.set', { key: 'bytes', value: [1] });
      const route = `${type}.entry.keep`;
      expect(await player.request(route)).toEqual({ code: 500, message: `${route} failed.` });
      expect(told).toHaveBeenCalledExactlyOnceWith(
        `${route} failed`,
        timerIs(/A session cannot keep this: settings.timer is a function/),
      );
      expect(await player.request('chat.entry.see', { key: 'bytes' })).toMatchObject({ value: [1] });
    },
  );

  it('that become what cannot travel fail the requests that need them elsewhere, and the log says where', async () => {
    const told = vi.fn();
    const { game, client } = await cluster({}, { logger: { ...silentLogger, error: told } });
    await using _game = game;
    await using player = await client();
    await player.request('connector.entry.keepLater');
    const failed = { code: 500, message: 'chat.entry.see failed.' };
    expect(await player.request('chat.entry.see', { key: 'bytes' })).toEqual(failed);
    expect(told).toHaveBeenCalledExactlyOnceWith(
      'chat.entry.see failed',
      timerIs(/in the session that goes with it settings.kept.timer is a function/),
    );
    await player.request('connector.entry.set', { key: 'kept', value: null });
    await player.request('connector.entry.set', { key: 'bytes', value: [1] });
    expect(await player.request('chat.entry.see', { key: 'bytes' })).toMatchObject({ value: [1] });
  });
});

describe('binding a uid', () => {
  it('lets a uid have many sessions by default, on one frontend and on several', async () => {
    const { game, client } = await cluster();
    await using _game = game;
    await using a = await client();
    await using b = await client();
    await using c = await client(2);
    for (const one of [a, b, c])
      expect(await one.request('chat.entry.bind', { uid: 'u1' })).toEqual({ uid: 'u1' });
    expect(game.app('connector-1').sessions.localOf('u1')).toHaveLength(2);
    expect(game.app('connector-2').sessions.localOf('u1')).toHaveLength(1);
  });

  it('changes nothing for the same uid again, and refuses another one', async () => {
    const { game, client } = await cluster();
    await using _game = game;
    await using a = await client();
    for (const type of ['connector', 'chat']) {
      expect(await a.request(`${type}.entry.bind`, { uid: 'u1' })).toEqual({ uid: 'u1' });
      expect(await a.request(`${type}.entry.bind`, { uid: 'u2' })).toMatchObject({
        code: 409,
        message: expect.stringContaining('is already bound to u1'),
      });
    }
    expect(await a.request('connector.entry.unbind')).toEqual({ uid: null });
    expect(await a.request('chat.entry.see')).toMatchObject({ uid: null });
    expect(await a.request('chat.entry.bind', { uid: 'u2' })).toEqual({ uid: 'u2' });
    expect(game.app('connector-1').sessions.localOf('u1')).toEqual([]);
    expect(await a.request('arena.entry.unbind')).toEqual({ uid: null });
  });

  it('refuses what is no uid', async () => {
    const { game, client } = await cluster();
    await using _game = game;
    await using a = await client();
    for (const uid of ['', null, {}, 'x'.repeat(257), true]) {
      for (const type of ['connector', 'chat'])
        expect(await a.request(`${type}.entry.bind`, { uid })).toMatchObject({ code: 400 });
    }
  });

  it('tells a number from its text', async () => {
    const { game, client } = await cluster({ perUid: 'refuse' });
    await using _game = game;
    await using a = await client();
    await using b = await client();
    expect(await a.request('connector.entry.bind', { uid: 1 })).toEqual({ uid: 1 });
    expect(await b.request('connector.entry.bind', { uid: '1' })).toEqual({ uid: '1' });
  });

  it('kicks the older session with the policy "replace", wherever it is', async () => {
    const { game, client } = await cluster({ perUid: 'replace' });
    await using _game = game;
    await using a = await client();
    await using b = await client();
    await using c = await client(2);
    await a.request('connector.entry.bind', { uid: 'u1' });
    await b.request('chat.entry.bind', { uid: 'u1' });
    await a.closed();
    expect(a.kicked).toBe('replaced');
    await c.request('connector.entry.bind', { uid: 'u1' });
    await b.closed();
    expect(b.kicked).toBe('replaced');
    expect(await c.request('connector.entry.see')).toMatchObject({ uid: 'u1' });
  });

  it('refuses a second session with the policy "refuse", wherever it is, until the first has gone', async () => {
    const { game, client } = await cluster({ perUid: 'refuse' });
    await using _game = game;
    const a = await client();
    await using b = await client();
    await using c = await client(2);
    await a.request('connector.entry.bind', { uid: 'u1' });
    for (const one of [b, c]) expect(await one.request('connector.entry.bind', { uid: 'u1' })).toEqual(taken);
    expect(await c.request('chat.entry.bind', { uid: 'u1' })).toEqual(taken);
    await a[Symbol.asyncDispose]();
    await poll(() => c.request('connector.entry.bind', { uid: 'u1' })).toEqual({ uid: 'u1' });
  });

  it('gives the uid of a session that has ended free before the game hears of the end', async () => {
    const { game, client } = await cluster({ perUid: 'refuse' });
    await using _game = game;
    const { sessions } = game.app('connector-1');
    const a = await client();
    await a.request('connector.entry.bind', { uid: 'u1' });
    const [first] = sessions.localOf('u1');
    await using _b = await client();
    const second = game.servers.get('connector-1')!.newestSession!;
    const bound = new Promise<unknown>((resolve) => {
      first!.onClosed(() => {
        const left = [first!.uid, sessions.localOf('u1').length];
        second.bind('u1').then(
          () => resolve([...left, second.uid]),
          (error: unknown) => resolve(error),
        );
      });
    });
    await a[Symbol.asyncDispose]();
    expect(await bound).toEqual(['u1', 0, 'u1']);
  });

  it.each(['refuse', 'replace'])(
    'leaves exactly one of those that bind at once with "%s"',
    async (perUid) => {
      const { game, client } = await cluster({ perUid });
      await using _game = game;
      // Whichever frontend asks first, and with whatever delay between both.
      for (let round = 0; round < 12; round++) {
        const uid = `u-${round}`;
        await using a = await client(1);
        await using b = await client(2);
        const first = round % 2 === 0 ? [a, b] : [b, a];
        const ids: number[] = [];
        for (const one of first) {
          ids.push(one.sendMessage('connector.entry.bind', { uid }));
          for (let turn = 0; turn < Math.floor(round / 2); turn++)
            await new Promise((resolve) => setImmediate(resolve));
        }
        await Promise.allSettled(first.map((one, index) => one.answerTo(ids[index]!)));
        await poll(() => [1, 2].flatMap((n) => game.app(`connector-${n}`).sessions.localOf(uid)).length).toBe(
          1,
        );
        const [n] = [1, 2].filter((one) => game.app(`connector-${one}`).sessions.localOf(uid).length > 0);
        const winner = n === 1 ? a : b;
        expect(await winner.request('connector.entry.see')).toMatchObject({ uid });
      }
    },
  );
});

describe('settings of a session', () => {
  it('are seen by other backends once they are pushed, and by the frontend', async () => {
    const { game, client } = await cluster();
    await using _game = game;
    await using a = await client();
    expect(await a.request('chat.entry.see', { key: 'rid' })).toEqual({
      value: null,
      uid: null,
      address: '127.0.0.1',
      frontend: 'connector-1',
    });
    expect(await a.request('chat.entry.set', { key: 'rid', value: 7 })).toEqual({ own: 7 });
    expect(await a.request('arena.entry.see', { key: 'rid' })).toMatchObject({ value: null });
    await a.request('chat.entry.push', { rid: { deep: [1] }, other: 'x' });
    for (const type of ['arena', 'connector', 'chat'])
      expect(await a.request(`${type}.entry.see`, { key: 'rid' })).toMatchObject({ value: { deep: [1] } });
    await a.request('connector.entry.set', { key: 'rid', value: 8 });
    expect(await a.request('chat.entry.see', { key: 'rid' })).toMatchObject({ value: 8 });
  });

  it('have no names of their own making', async () => {
    const { game, client } = await cluster();
    await using _game = game;
    await using a = await client();
    for (const type of ['connector', 'chat']) {
      for (const key of ['constructor', 'toString', '__proto__'])
        expect(await a.request(`${type}.entry.see`, { key })).toMatchObject({ value: null });
    }
  });

  it('that cannot be sent cost the client an error, and nobody else anything', async () => {
    const { game, client } = await cluster({}, {}, (app) =>
      app.globalFilter({
        before: (msg, session) => {
          if ((msg as { spoil?: boolean }).spoil) session.set('big', 1n << 200n);
        },
      }),
    );
    await using _game = game;
    await using a = await client();
    await using b = await client();
    expect(await a.request('chat.entry.see', { spoil: true })).toMatchObject({ code: 500 });
    expect(await b.request('chat.entry.see')).toMatchObject({ frontend: 'connector-1' });
  });
});

describe('kicking', () => {
  it('closes all sessions of a uid on all frontends, with the reason', async () => {
    const { game, client } = await cluster();
    await using _game = game;
    const clients = [await client(1), await client(1), await client(2)];
    await using other = await client(2);
    for (const one of clients) await one.request('connector.entry.bind', { uid: 'u1' });
    await other.request('connector.entry.bind', { uid: 'u2' });
    expect(await game.app('chat-1').sessions.kickUid('u1', 'banned')).toBe(3);
    await Promise.all(clients.map((one) => one.closed()));
    expect(clients.map(({ kicked }) => kicked)).toEqual(['banned', 'banned', 'banned']);
    expect(await other.request('connector.entry.see')).toMatchObject({ uid: 'u2' });
    expect(await game.app('connector-1').sessions.kickUid('nobody')).toBe(0);
  });

  it('by a backend closes the one session', async () => {
    const { game, client } = await cluster();
    await using _game = game;
    await using a = await client();
    a.notify('chat.entry.kickMe');
    await a.closed();
    expect([a.kicked, a.closeCode]).toEqual(['you asked for it', 1000]);
  });
});

describe("a session's end", () => {
  it('is told once to its frontend and to each backend that it had sent messages to, and listeners may fail', async () => {
    const { game, ends, client } = await cluster();
    await using _game = game;
    const a = await client();
    const id = idOfNewest(game);
    await a.request('chat.entry.watch');
    await a.request('connector.entry.watch');
    await a.request('chat.entry.see');
    a.destroy();
    await poll(() => ends.length).toBe(2);
    expect(ends.sort()).toEqual([
      ['chat-1', 'connector-1', id, 'disconnected'],
      ['connector-1', 'connector-1', id, 'disconnected'],
    ]);
    for (const id of ['chat-1', 'connector-1']) expect(game.count(id, 'session.failedListeners')).toBe(1);
    await using b = await client();
    expect(await b.request('chat.entry.see')).toMatchObject({ frontend: 'connector-1' });
  });

  it('does not cost the others their connection when a listener for all sessions fails on a backend', async () => {
    const { game, ends, client } = await cluster({}, {}, (app) =>
      app.onSessionClosed(() => {
        throw new Error('a listener of the game that fails');
      }),
    );
    await using _game = game;
    const a = await client();
    await using b = await client();
    await a.request('chat.entry.see');
    const waiting = b.request('chat.entry.see');
    a.destroy();
    expect(await waiting).toMatchObject({ frontend: 'connector-1' });
    await poll(() => ends.length).toBe(2);
    expect(game.count('connector-1', 'rpc.lostConnections')).toBe(0);
  });

  it.each([
    ['while the connection to the backend was broken', false],
    ['just before the connection to the backend broke, so that the news was lost', true],
  ])('is told to a backend once, also %s', async (_, lost) => {
    const network = new MemoryNetwork();
    const holding = new HoldingTransport(memoryTransport(network));
    const transport = (id: string) => (id === 'chat-1' ? holding : memoryTransport(network));
    const { game, ends, client } = await cluster({}, { transport });
    await using _game = game;
    const a = await client();
    const id = idOfNewest(game);
    await using b = await client();
    await a.request('chat.entry.see');
    await b.request('chat.entry.see');
    if (lost) holding.freeze();
    else holding.cut();
    a.destroy();
    await poll(() => ends.map(([server]) => server)).toEqual(['connector-1']);
    if (lost) {
      await poll(() => holding.held).toBeGreaterThan(0);
      holding.cut();
    }
    holding.thaw();
    await poll(() => b.request('chat.entry.see')).toMatchObject({ frontend: 'connector-1' });
    await poll(() => ends.map(([server]) => server)).toEqual(['connector-1', 'chat-1']);
    expect(ends[1]).toEqual(['chat-1', 'connector-1', id, 'disconnected']);
  });

  it('is told when its whole frontend has gone', async () => {
    const { game, ends, client } = await cluster();
    await using _game = game;
    await using a = await client();
    const id = idOfNewest(game);
    await using b = await client(2);
    await a.request('chat.entry.see');
    await b.request('chat.entry.see');
    game.leave('connector-1');
    await poll(() => ends).toEqual([['chat-1', 'connector-1', id, 'frontend gone']]);
    expect(await b.request('chat.entry.see')).toMatchObject({ frontend: 'connector-2' });
  });

  it('is told to a backend that has gone and come back as another process', async () => {
    const { game, ends, client } = await cluster();
    await using _game = game;
    await using a = await client();
    await a.request('chat.entry.see');
    await game.stop('chat-1');
    await poll(() => a.request('chat.entry.see')).toEqual({
      code: 503,
      message: 'No server of type chat is ready.',
    });
    await game.start('chat-1');
    await poll(() => a.request('chat.entry.see')).toMatchObject({ frontend: 'connector-1' });
    a.destroy();
    await poll(() => ends.map(([server]) => server)).toEqual(['connector-1', 'chat-1']);
  });
});
