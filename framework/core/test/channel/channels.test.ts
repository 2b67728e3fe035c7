import { MemoryNetwork, memoryTransport, tcpTransport } from '@pomelo-ts/rpc';
import { describe, expect, it } from 'vitest';
import { RawClient } from '../../../../test/helpers/raw-client.js';
import { HoldingTransport } from '../../../rpc/test/holding-transport.js';
import type { Application } from '../../src/application.js';
import type { ChannelMember } from '../../src/channel.js';
import type { Session } from '../../src/session.js';
import { poll } from '../poll.js';
import { type RunningGame, type StartOptions, startGame } from '../running-game.js';

async function start(options: StartOptions = {}, more: object = {}): Promise<RunningGame> {
  return startGame(
    {
      servers: {
        connector: [
          { id: 'connector-1', frontend: true },
          { id: 'connector-2', frontend: true },
        ],
        chat: [{ id: 'chat-1' }],
      },
      settings: { client: { dictionary: false } },
      handlers: { connector: { room }, chat: { room } },
      ...more,
    },
    options,
  );
}

const room = (app: Application) => ({
  bind: async ({ uid }: { uid: string }, session: Session) => {
    await session.bind(uid);
    return {};
  },
  join: (_msg: unknown, session: Session) => ({ added: app.channels.create('room').add(session) }),
  leave: (_msg: unknown, session: Session) => ({ left: app.channels.create('room').leave(session) }),
});

async function member(game: RunningGame, connector: number, uid?: string): Promise<RawClient> {
  const client = await RawClient.join(game.port(`connector-${connector}`));
  if (uid !== undefined) await client.request('connector.room.bind', { uid });
  expect(await client.request('chat.room.join')).toEqual({ added: true });
  return client;
}

/** Sends a last push, so that all earlier ones have come, and gives the texts that each client got. */
async function heard(game: RunningGame, ...clients: RawClient[]): Promise<string[][]> {
  await game.app('chat-1').channels.broadcast('connector', 'onEnd', {});
  return Promise.all(
    clients.map(async (client) => {
      await client.push('onEnd');
      return client.pushes.splice(0).map(({ body }) => JSON.parse(body.toString()).text as string);
    }),
  );
}

describe('a channel', () => {
  it('sends each push once to every member on every frontend, and tells to how many', async () => {
    await using game = await start();
    const room = game.app('chat-1').channels.create('room');
    await using a = await member(game, 1, 'anna');
    await using b = await member(game, 2, 'bert');
    await using stranger = await member(game, 2);
    const { id } = game.servers.get('connector-2')!.newestSession!;
    await using other = await RawClient.join(game.port('connector-1'));
    room.push('onChat', { text: 'one' });
    expect(await room.deliver('onChat', { text: 'two' })).toEqual({ delivered: 3, failed: [] });
    expect(await heard(game, a, b, stranger, other)).toEqual([
      ['one', 'two'],
      ['one', 'two'],
      ['one', 'two'],
      [],
    ]);
    expect(room.size).toBe(3);
    expect(room.members).toEqual([
      { uid: 'anna', frontendId: 'connector-1' },
      { uid: 'bert', frontendId: 'connector-2' },
      { sessionId: id, frontendId: 'connector-2' },
    ]);
  });

  it('has a member once, however often it is added', async () => {
    await using game = await start();
    const room = game.app('chat-1').channels.create('room');
    await using a = await member(game, 1, 'anna');
    expect(await a.request('chat.room.join')).toEqual({ added: false });
    expect(room.add({ uid: 'anna', frontendId: 'connector-1' })).toBe(false);
    expect([room.size, room.has('anna'), room.has('bert')]).toEqual([1, true, false]);
    room.push('onChat', { text: 'once' });
    expect(await heard(game, a)).toEqual([['once']]);
  });

  it('reaches all sessions of a uid on the frontend, also those that came later', async () => {
    await using game = await start();
    await using a = await member(game, 1, 'anna');
    await using again = await RawClient.join(game.port('connector-1'));
    await again.request('connector.room.bind', { uid: 'anna' });
    const room = game.app('chat-1').channels.get('room')!;
    expect(await room.deliver('onChat', { text: 'x' })).toEqual({ delivered: 2, failed: [] });
    await a[Symbol.asyncDispose]();
    await poll(() => room.deliver('onChat', {})).toEqual({ delivered: 1, failed: [] });
    expect(room.has('anna')).toBe(true);
  });

  it('leaves out those of an except list', async () => {
    await using game = await start();
    await using a = await member(game, 1, 'anna');
    await using b = await member(game, 1, 'bert');
    await using stranger = await member(game, 2);
    const room = game.app('chat-1').channels.get('room')!;
    room.push('onChat', { text: 'not anna' }, { except: ['anna'] });
    expect(await room.deliver('onChat', { text: 'nobody known' }, { except: ['anna', 'bert'] })).toEqual({
      delivered: 1,
      failed: [],
    });
    expect(await heard(game, a, b, stranger)).toEqual([[], ['not anna'], ['not anna', 'nobody known']]);
  });

  it('loses a member that leaves or whose last session ends, and says which', async () => {
    await using game = await start();
    const room = game.app('chat-1').channels.create('room');
    const left: [ChannelMember, string][] = [];
    room.onLeave(() => {
      throw new Error('a listener of the game that fails');
    });
    room.onLeave((one, reason) => left.push([one, reason]));
    await using a = await member(game, 1, 'anna');
    const b = await member(game, 2, 'bert');
    const stranger = await member(game, 2);
    const { id } = game.servers.get('connector-2')!.newestSession!;
    expect(await a.request('chat.room.leave')).toEqual({ left: true });
    expect(await a.request('chat.room.leave')).toEqual({ left: false });
    await b[Symbol.asyncDispose]();
    await poll(() => left.length).toBe(2);
    await stranger[Symbol.asyncDispose]();
    await poll(() => left.length).toBe(3);
    expect(left).toEqual([
      [{ uid: 'anna', frontendId: 'connector-1' }, 'left'],
      [{ uid: 'bert', frontendId: 'connector-2' }, 'ended'],
      [{ sessionId: id, frontendId: 'connector-2' }, 'ended'],
    ]);
    expect(room.size).toBe(0);
    expect(game.count('chat-1', 'channel.failedListeners')).toBe(3);
  });

  it('loses at once who had gone before it was added, with its session or its whole frontend', async () => {
    await using game = await start();
    const room = game.app('chat-1').channels.create('room');
    const left: string[] = [];
    room.onLeave(({ uid }, reason) => left.push(`${uid} ${reason}`));
    expect(room.add({ uid: 'ghost', frontendId: 'connector-1' })).toBe(true);
    await poll(() => left).toEqual(['ghost ended']);
    expect(room.add({ uid: 'ghost', frontendId: 'no such server' })).toBe(true);
    await poll(() => left).toEqual(['ghost ended', 'ghost ended']);
    expect(room.size).toBe(0);
  });

  it('loses the members of a frontend that has gone', async () => {
    await using game = await start();
    await using _a = await member(game, 1, 'anna');
    await using b = await member(game, 2, 'bert');
    const room = game.app('chat-1').channels.get('room')!;
    game.leave('connector-1');
    await poll(() => room.members).toEqual([{ uid: 'bert', frontendId: 'connector-2' }]);
    expect(await room.deliver('onChat', { text: 'x' })).toEqual({ delivered: 1, failed: [] });
    await b.push('onChat');
  });

  it('throws what cannot be a member before anything is sent', async () => {
    await using game = await start();
    await using a = await member(game, 1, 'anna');
    const { channels } = game.app('chat-1');
    const room = channels.get('room')!;
    const long = 'x'.repeat(70_000);
    expect(() => room.add({ frontendId: 'connector-1' } as never)).toThrow('Expected a uid');
    expect(() => room.add({ uid: long, frontendId: 'connector-1' })).toThrow('Expected a uid');
    expect(() => room.push('onChat', {}, { except: [long] })).toThrow('Expected a uid');
    expect(() => channels.push('onChat', {}, [{ uid: long, frontendId: 'connector-1' }])).toThrow(
      'Expected a uid',
    );
    expect(() => room.push('x'.repeat(300), {})).toThrow('a route has at most 255 bytes');
    expect(() => room.push('onChat', { text: 'x'.repeat(0xffffff) })).toThrow('a package body of');
    room.push('onChat', { text: 'fine' });
    expect(await heard(game, a)).toEqual([['fine']]);
    expect(game.count('chat-1', 'rpc.lostConnections')).toBe(0);
  });

  it('is gone when it is destroyed, here and on the frontends; another of its name begins empty', async () => {
    await using game = await start();
    await using a = await member(game, 1, 'anna');
    const { channels } = game.app('chat-1');
    const room = channels.get('room')!;
    room.destroy();
    room.destroy();
    expect(channels.names).toEqual([]);
    expect(channels.destroy('room')).toBe(false);
    expect(() => room.add({ uid: 'anna', frontendId: 'connector-1' })).toThrow('Channel room was destroyed.');
    expect(() => room.push('onChat', {})).toThrow('Channel room was destroyed.');
    await expect(room.deliver('onChat', {})).rejects.toThrow('Channel room was destroyed.');
    const next = channels.create('room');
    next.push('onChat', { text: 'nobody' });
    expect(await heard(game, a)).toEqual([[]]);
  });

  it('leaves nothing on a frontend that it has no members on any more', async () => {
    await using game = await start();
    const client = await member(game, 1, 'anna');
    const { channels } = game.app('chat-1');
    const frontend = game.servers.get('connector-1')!;
    for (let i = 0; i < 5; i++) channels.create(`round-${i}`).add({ uid: 'anna', frontendId: 'connector-1' });
    await poll(() => frontend.mirrors).toBe(6);
    channels.create('round-0').leave({ uid: 'anna', frontendId: 'connector-1' });
    channels.destroy('round-1');
    await poll(() => frontend.mirrors).toBe(4);
    await client[Symbol.asyncDispose]();
    await poll(() => frontend.mirrors).toBe(0);
    await poll(() => channels.get('room')!.size).toBe(0);
  });

  it('works for members on the server that owns it', async () => {
    await using game = await start();
    await using a = await RawClient.join(game.port('connector-1'));
    await a.request('connector.room.bind', { uid: 'anna' });
    expect(await a.request('connector.room.join')).toEqual({ added: true });
    const room = game.app('connector-1').channels.get('room')!;
    expect(await room.deliver('onChat', { text: 'x' })).toEqual({ delivered: 1, failed: [] });
    await a[Symbol.asyncDispose]();
    await poll(() => room.size).toBe(0);
  });
});

describe('a broken connection between owner and frontend', () => {
  it.each(['in memory', 'over TCP'])(
    'heals: members are told again, and what was pushed meanwhile comes (%s)',
    async (kind) => {
      const network = new MemoryNetwork();
      const inner = () => (kind === 'over TCP' ? tcpTransport() : memoryTransport(network));
      const holding = new HoldingTransport(inner());
      await using game = await start({ transport: (id) => (id === 'chat-1' ? holding : inner()) });
      await using a = await member(game, 1, 'anna');
      await using b = await member(game, 2, 'bert');
      const room = game.app('chat-1').channels.get('room')!;
      const frontend = game.servers.get('connector-1')!;
      const gone = await member(game, 1, 'carl');
      holding.cut();
      await poll(() => frontend.mirrors).toBe(0);
      await gone[Symbol.asyncDispose]();
      holding.thaw();
      await poll(() => frontend.mirrors).toBe(1);
      await poll(() => room.has('carl')).toBe(false);
      await poll(() => room.deliver('onChat', { text: 'back' })).toEqual({ delivered: 2, failed: [] });
      for (const client of [a, b]) expect(await client.push('onChat')).toEqual({ text: 'back' });
    },
  );

  it('is told as a frontend that could not be reached', async () => {
    const network = new MemoryNetwork();
    const holding = new HoldingTransport(memoryTransport(network));
    const transport = (id: string) => (id === 'connector-2' ? holding : memoryTransport(network));
    await using game = await start({ transport });
    await using a = await member(game, 1, 'anna');
    await using _b = await member(game, 2, 'bert');
    const room = game.app('chat-1').channels.get('room')!;
    holding.freeze();
    const delivery = room.deliver('onChat', { text: 'x' });
    const broadcast = game.app('chat-1').channels.broadcast('connector', 'onNews', { text: 'y' });
    await a.push('onNews');
    holding.cut();
    expect(await delivery).toEqual({ delivered: 1, failed: ['connector-2'] });
    expect(await broadcast).toEqual({ delivered: 1, failed: ['connector-2'] });
  });
});

describe('pushes without a channel', () => {
  it('reach listed uids on their frontends, each once', async () => {
    await using game = await start();
    await using a = await member(game, 1, 'anna');
    await using b = await member(game, 2, 'bert');
    const members = [
      { uid: 'anna', frontendId: 'connector-1' },
      { uid: 'bert', frontendId: 'connector-2' },
      { uid: 'bert', frontendId: 'no such server' },
      { uid: 'nobody', frontendId: 'connector-1' },
      { uid: 7, frontendId: 'connector-1' },
    ];
    const { channels } = game.app('chat-1');
    channels.push('onChat', { text: 'both' }, members);
    channels.push('onChat', { text: 'bert' }, members, { except: ['anna'] });
    expect(await heard(game, a, b)).toEqual([['both'], ['both', 'bert']]);
    expect(game.count('chat-1', 'channel.unsentFrames')).toBe(2);
  });

  it('reach every session of a frontend type, or only those with a uid', async () => {
    await using game = await start();
    await using a = await member(game, 1, 'anna');
    await using b = await member(game, 2, 'bert');
    await using stranger = await member(game, 2);
    const { channels } = game.app('chat-1');
    expect(await channels.broadcast('connector', 'onChat', { text: 'all' })).toEqual({
      delivered: 3,
      failed: [],
    });
    expect(
      await channels.broadcast(
        'connector',
        'onChat',
        { text: 'bound' },
        { boundOnly: true, except: ['anna'] },
      ),
    ).toEqual({ delivered: 1, failed: [] });
    expect(await channels.broadcast('no such type', 'onChat', {})).toEqual({ delivered: 0, failed: [] });
    expect(await heard(game, a, b, stranger)).toEqual([['all'], ['all', 'bound'], ['all']]);
  });

  it('say how many they reached, however many answers leave in one tick', async () => {
    await using game = await start();
    await using _a = await member(game, 1, 'anna');
    const room = game.app('chat-1').channels.get('room')!;
    // The answers of a tick are more than a connection's buffer holds at first, so that it grows between two of them.
    const deliveries = await Promise.all(Array.from({ length: 4000 }, () => room.deliver('onTick', {})));
    expect(new Set(deliveries.map(({ delivered }) => delivered))).toEqual(new Set([1]));
  });

  it('carry the number of a route that the dictionary has', async () => {
    await using game = await start(
      {},
      { settings: { client: { dictionary: true } }, config: { dictionary: ['onChat'] } },
    );
    await using a = await RawClient.connect(game.port('connector-1'));
    const { sys } = (await a.handshake({ sys: {} })) as { sys: { dict: Record<string, number> } };
    a.sendPackage(2);
    await a.request(sys.dict['chat.room.join']!);
    game.app('chat-1').channels.get('room')!.push('onChat', { text: 'x' });
    await a.until(() => a.pushes[0], 'a push');
    expect(a.pushes[0]).toMatchObject({ route: '', code: sys.dict['onChat'] });
  });

  it('refuses what names nobody by one error, in its own calls and in a push list', async () => {
    await using game = await start();
    const { channels } = game.app('chat-1');
    const channel = channels.create('room');
    const nobody = [undefined, null, 5, {}, { uid: 'a' }, { uid: 'a', frontendId: 5 }, { frontendId: 'c' }];
    for (const one of nobody as never[])
      for (const call of [
        () => channel.add(one),
        () => channel.leave(one),
        () => channels.push('onX', {}, [one]),
      ])
        expect(call).toThrow(expect.objectContaining({ code: 'UID_INVALID' }));
    expect(channel.size).toBe(0);
  });

  it('tells a push that has no route by its error, with all facts', async () => {
    await using game = await start();
    const { channels } = game.app('chat-1');
    const push = () =>
      channels.push(undefined as never, {} as never, [{ uid: 'a', frontendId: 'connector-1' }]);
    expect(push).toThrow('The push undefined cannot be sent: ');
  });
});
