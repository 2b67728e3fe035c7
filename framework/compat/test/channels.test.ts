import { describe, expect, test } from 'vitest';
import type { TcpClient } from '../../../test/helpers/tcp-client.js';
import { type Anything, startOldGame, twoByTwo } from './old-game.js';

type Next = (error?: unknown, answer?: unknown) => void;

const handlers = {
  connector: {
    h: () => ({
      login: (msg: Anything, session: Anything, next: Next) =>
        session.bind(msg.uid, (error: Anything) => next(error, {})),
      ping: (_msg: Anything, _session: Anything, next: Next) => next(null, {}),
    }),
  },
};

/** What a client is pushed on a route, in order. */
function heard(client: TcpClient, route: string): unknown[] {
  const pushes: unknown[] = [];
  client.on(route, (push) => pushes.push(push));
  return pushes;
}

/** Two players, each on a connector of its own, and the channel service of a backend. */
async function twoPlayers() {
  const game = await startOldGame({ handlers, servers: twoByTwo });
  const [ann, bob] = [await game.connect('connector-1'), await game.connect('connector-2')];
  await ann.request('connector.h.login', { uid: 'ann' });
  await bob.request('connector.h.login', { uid: 'bob' });
  const service = game.app('chat-1').get('channelService');
  return { game, ann, bob, service, [Symbol.asyncDispose]: () => game[Symbol.asyncDispose]() };
}

describe('channelService', () => {
  test('creates, finds and destroys channels by name', async () => {
    await using game = await startOldGame();
    const service = game.app('chat-1').get('channelService');
    expect(service.getChannel('room', false)).toBeUndefined();
    const channel = service.getChannel('room', true);
    expect(service.getChannel('room')).toBe(channel);
    expect(service.createChannel('room')).toBe(channel);
    expect(channel.name).toBe('room');
    service.destroyChannel('room');
    expect(service.getChannel('room')).toBeUndefined();
    expect(game.app('chat-1').channelService).toBe(service);
  });

  test('knows who is in a channel', async () => {
    await using players = await twoPlayers();
    const channel = players.service.createChannel('room');
    expect(channel.add('ann', 'connector-1')).toBe(true);
    expect(channel.add('bob', 'connector-2')).toBe(true);
    expect(channel.add('bob')).toBe(false);
    expect(channel.getMembers()).toEqual(['ann', 'bob']);
    expect(channel.getMember('bob')).toEqual({ uid: 'bob', sid: 'connector-2' });
    expect(channel.getUserAmount()).toBe(2);
    expect(channel.leave('bob', 'connector-2')).toBe(true);
    expect(channel.leave('bob')).toBe(false);
    expect(channel.getMember('bob')).toBeUndefined();
    channel.destroy();
    expect(channel.add('ann', 'connector-1')).toBe(false);
  });

  test('differs: who is added twice is in once, and gets every message once', async () => {
    await using players = await twoPlayers();
    const channel = players.service.createChannel('room');
    expect([channel.add('ann', 'connector-1'), channel.add('ann', 'connector-1')]).toEqual([true, true]);
    expect(channel.getUserAmount()).toBe(1);
    const pushes = heard(players.ann, 'onChat');
    channel.pushMessage('onChat', { n: 1 });
    await players.ann.request('connector.h.ping', {});
    await expect.poll(() => pushes).toEqual([{ n: 1 }]);
  });

  test('differs: who disconnects leaves the channels of every server', async () => {
    await using players = await twoPlayers();
    const channel = players.service.createChannel('room');
    channel.add('ann', 'connector-1');
    channel.add('bob', 'connector-2');
    players.bob.disconnect();
    await expect.poll(() => channel.getMembers()).toEqual(['ann']);
  });

  test('pushes to all members, with the route before the message or in it', async () => {
    await using players = await twoPlayers();
    const channel = players.service.createChannel('room');
    channel.add('ann', 'connector-1');
    channel.add('bob', 'connector-2');
    const [anns, bobs] = [heard(players.ann, 'onChat'), heard(players.bob, 'onChat')];
    channel.pushMessage('onChat', { n: 1 });
    channel.pushMessage({ route: 'onChat', n: 2 });
    const failed = await new Promise((done) =>
      channel.pushMessage('onChat', { n: 3 }, {}, (error: unknown, missed: unknown) => done([error, missed])),
    );
    expect(failed).toEqual([null, []]);
    for (const pushes of [anns, bobs])
      await expect.poll(() => pushes).toEqual([{ n: 1 }, { route: 'onChat', n: 2 }, { n: 3 }]);
  });

  test('pushes to listed uids, and tells who is on no frontend that is there', async () => {
    await using players = await twoPlayers();
    const { service } = players;
    const [anns, bobs] = [heard(players.ann, 'onNote'), heard(players.bob, 'onNote')];
    service.pushMessageByUids('onNote', { n: 1 }, [{ uid: 'bob', sid: 'connector-2' }]);
    const members = [
      { uid: 'ann', sid: 'connector-1' },
      { uid: 'eve', sid: 'connector-9' },
    ];
    const told = await new Promise((done) =>
      service.pushMessageByUids({ route: 'onNote', n: 2 }, members, (error: unknown, missed: unknown) =>
        done([error, missed]),
      ),
    );
    expect(told).toEqual([null, ['eve']]);
    await expect.poll(() => anns).toEqual([{ route: 'onNote', n: 2 }]);
    await expect.poll(() => bobs).toEqual([{ n: 1 }]);
    await expect(service.apushMessageByUids('onNote', {}, [members[1]])).rejects.toThrow('all uids');
    await expect(service.apushMessageByUids('onNote', {}, [])).rejects.toThrow('uids should not be empty');
  });

  test.each([false, true])(
    'broadcasts to all frontends of a type, only the bound ones with binded (%s)',
    async (binded) => {
      await using players = await twoPlayers();
      const nobody = await players.game.connect('connector-2');
      const [anns, nobodys] = [heard(players.ann, 'onNews'), heard(nobody, 'onNews')];
      const { service } = players;
      await new Promise((done) => service.broadcast('connector', 'onNews', { n: 1 }, { binded }, done));
      await expect.poll(() => anns).toEqual([{ n: 1 }]);
      await nobody.request('connector.h.ping', {});
      expect(nobodys).toEqual(binded ? [] : [{ n: 1 }]);
      await expect(service.abroadcast('nobody', 'onNews', {})).resolves.toBeUndefined();
    },
  );

  test('differs: a push to a channel that was destroyed fails, by its callback or in the log', async () => {
    await using game = await startOldGame();
    const channel = game.app('chat-1').get('channelService').createChannel('room');
    channel.destroy();
    const error = await new Promise((done) => channel.pushMessage('onChat', {}, {}, done));
    expect(error).toMatchObject({ code: 'CHANNEL_DESTROYED' });
    channel.pushMessage('onChat', {});
    await expect.poll(() => game.logged('error')).toContain('a push to the channel room failed');
  });
});
