import { tcpTransport } from '@pomelo-ts/rpc';
import { describe, expect, it } from 'vitest';
import { RawClient } from '../../../../test/helpers/raw-client.js';
import { Relay } from '../../../../test/helpers/relay.js';
import type { Application } from '../../src/application.js';
import type { ChannelMember } from '../../src/channel.js';
import type { Session } from '../../src/session.js';
import { poll } from '../poll.js';
import { type RunningGame, startGame } from '../running-game.js';

/** A game whose connector and chat server talk over TCP through a relay that can fall silent. */
interface Stallable extends AsyncDisposable {
  readonly game: RunningGame;
  readonly relay: Relay;
}

const uids = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, i) => `uid-${from + i}`);

async function start(ended: string[] = []): Promise<Stallable> {
  let relay: Relay | undefined;
  const tcp = tcpTransport();
  const throughRelay = {
    ...tcp,
    dial: (_to: unknown, ms: number) =>
      tcp.dial({ host: '127.0.0.1', port: Number(new URL(relay!.url).port) }, ms),
  };
  const game = await startGame(
    {
      servers: { connector: [{ id: 'connector-1', frontend: true }], chat: [{ id: 'chat-1' }] },
      settings: {
        client: { dictionary: false, sendQueue: { maxBytes: '64MiB' } },
        rpc: { maxQueueBytes: '64KiB', heartbeatTimeout: '60s' },
      },
      app: (app) => app.onSessionClosed((session, reason) => ended.push(`${session.uid} ${reason}`)),
      handlers: {
        connector: {
          room: () => ({ bind: ({ uid }: { uid: string }, session: Session) => session.bind(uid) }),
        },
        chat: {
          room: (app: Application) => ({
            join: (_msg: unknown, session: Session) => ({ added: app.channels.create('room').add(session) }),
            swallow: () => {},
          }),
        },
      },
    },
    { only: ['chat-1'], transport: (id) => (id === 'connector-1' ? throughRelay : tcp) },
  );
  relay = await Relay.to(`http://127.0.0.1:${game.config.servers.find(({ id }) => id === 'chat-1')!.port}`);
  await game.start('connector-1');
  return {
    game,
    relay,
    [Symbol.asyncDispose]: async () => {
      await game[Symbol.asyncDispose]();
      await relay![Symbol.asyncDispose]();
    },
  };
}

async function player(game: RunningGame, uid: string): Promise<RawClient> {
  const client = await RawClient.join(game.port('connector-1'));
  await client.request('connector.room.bind', { uid });
  return client;
}

/** Pushes until nothing more is taken for the frontend, which reads nothing. */
async function fillQueue(game: RunningGame): Promise<void> {
  const filler = game.app('chat-1').channels.get('filler')!;
  while (game.count('chat-1', 'channel.unsentFrames') === 0) {
    filler.push('onFill', { text: 'x'.repeat(30_000) });
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Sends notifies of so many bytes until the frontend takes no more of them. */
async function notifyUntilRefused(game: RunningGame, client: RawClient, bytes: number): Promise<void> {
  const before = game.count('connector-1', 'forward.overloaded');
  while (game.count('connector-1', 'forward.overloaded') === before) {
    client.notify('chat.room.swallow', { text: 'x'.repeat(bytes) });
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('a frontend that reads nothing for a while', () => {
  it('knows all that befell the members of channels once it reads again', async () => {
    await using stalled = await start();
    const { game, relay } = stalled;
    const { channels } = game.app('chat-1');
    const frontend = game.servers.get('connector-1')!;
    await using anna = await player(game, 'anna');
    await using bert = await player(game, 'bert');
    const on = (uid: string) => ({ uid, frontendId: 'connector-1' });
    const [room, vault, late] = ['room', 'vault', 'late'].map((name) => channels.create(name));
    channels.create('filler').add(on('bert'));
    for (const one of [room!, vault!]) one.add(on('anna'));
    expect(await room!.deliver('onChat', {})).toEqual({ delivered: 1, failed: [] });
    expect(frontend.mirrors).toBe(3);
    relay.silence();
    await fillQueue(game);
    // So much that the room for such words is taken, too.
    const ghosts = channels.create('ghosts');
    for (const uid of uids(0, 6000)) ghosts.add(on(uid));
    const gone: string[] = [];
    late!.onLeave(({ uid }: ChannelMember, reason) => gone.push(`${uid} ${reason}`));
    expect([room!.leave(on('anna')), room!.add(on('bert')), late!.add(on('bert'))]).toEqual([
      true,
      true,
      true,
    ]);
    vault!.destroy();
    // Those that nobody there has ever heard of leave nothing to tell.
    for (const uid of uids(0, 1000)) {
      const passing = channels.create('passing');
      passing.add(on(uid));
      passing.destroy();
    }
    expect(game.count('chat-1', 'channel.delayedNews')).toBeGreaterThan(0);
    room!.push('onSecret', { to: 'bert alone' });
    relay.mend();
    await poll(() => room!.deliver('onSecret', { to: 'bert alone' })).toEqual({ delivered: 1, failed: [] });
    expect(await bert.push('onSecret')).toEqual({ to: 'bert alone' });
    await poll(() => ghosts.size).toBe(0);
    await poll(() => frontend.mirrors).toBe(3);
    expect([room!.has('bert'), late!.has('bert'), gone]).toEqual([true, true, []]);
    expect(await late!.deliver('onChat', {})).toEqual({ delivered: 1, failed: [] });
    expect(await channels.broadcast('connector', 'onEnd', {})).toEqual({ delivered: 2, failed: [] });
    await anna.push('onEnd');
    expect(anna.pushes.filter(({ route }) => route === 'onSecret')).toEqual([]);
  });

  it('tells the end of sessions once its words can leave again, and nobody who lives is taken for ended', async () => {
    const ended: string[] = [];
    await using stalled = await start(ended);
    const { game, relay } = stalled;
    const { channels } = game.app('chat-1');
    const anna = await player(game, 'anna');
    await using bert = await player(game, 'bert');
    const carl = await player(game, 'carl');
    for (const one of [anna, bert, carl])
      expect(await one.request('chat.room.join')).toEqual({ added: true });
    const many = uids(0, 6000).map((name) => channels.create(name));
    for (const one of many) for (const uid of ['anna', 'bert']) one.add({ uid, frontendId: 'connector-1' });
    await poll(() => many.at(-1)!.deliver('onChat', {})).toEqual({ delivered: 2, failed: [] });
    relay.silence();
    await notifyUntilRefused(game, bert, 60_000);
    // What is left of the room is shared: one client cannot take it.
    for (let i = 0; i < 8; i++) {
      await using other = await RawClient.join(game.port('connector-1'));
      await notifyUntilRefused(game, other, 800);
    }
    await anna[Symbol.asyncDispose]();
    await poll(() => game.count('connector-1', 'channel.delayedNews')).toBeGreaterThan(0);
    await carl[Symbol.asyncDispose]();
    await poll(() => game.count('connector-1', 'forward.delayedCloses')).toBe(1);
    expect(channels.get('room')!.has('anna')).toBe(true);
    relay.mend();
    await poll(() => many.filter((one) => one.has('anna')).length).toBe(0);
    for (const uid of ['anna', 'carl'])
      await poll(() => ended.filter((one) => one === `${uid} disconnected`).length).toBe(2);
    expect(many.filter((one) => one.has('bert')).length).toBe(6000);
    expect(channels.get('room')!.members).toEqual([{ uid: 'bert', frontendId: 'connector-1' }]);
    await poll(() => bert.request('chat.room.join')).toEqual({ added: false });
  });
});

describe('a backend that reads nothing for a while', () => {
  it('is sent the small messages of everybody else, however large those of a few are', async () => {
    await using stalled = await start();
    const { game, relay } = stalled;
    await using honest = await player(game, 'anna');
    const greedy = await Promise.all(['bert', 'carl', 'dora'].map((uid) => player(game, uid)));
    relay.silence();
    for (const bytes of [8000, 800]) for (const one of greedy) await notifyUntilRefused(game, one, bytes);
    const requests = Array.from({ length: 5 }, () => honest.request('chat.room.join'));
    await honest.request('connector.room.nothing'); // all of them are read by now
    expect(honest.answers).toHaveLength(2); // of the binding, and of this one: none is refused
    relay.mend();
    expect(await Promise.all(requests)).toContainEqual({ added: true });
    expect(await greedy[0]!.request('chat.room.join')).toEqual({ added: true });
    for (const one of greedy) await one[Symbol.asyncDispose]();
  });
});

describe('late word of a former time in a channel', () => {
  it('does not take out a member that has joined again', async () => {
    await using stalled = await start();
    const { game, relay } = stalled;
    const room = game.app('chat-1').channels.create('room');
    const first = await player(game, 'anna');
    const on = { uid: 'anna', frontendId: 'connector-1' };
    room.add(on);
    expect(await room.deliver('onChat', {})).toEqual({ delivered: 1, failed: [] });
    relay.silence();
    // The frontend's word that she has ended, and the owner's that she has left and is back, pass each other.
    await first[Symbol.asyncDispose]();
    await poll(() => game.servers.get('connector-1')!.connections).toBe(0);
    await using again = await player(game, 'anna');
    room.leave(on);
    room.add(on);
    relay.mend();
    await poll(() => room.deliver('onChat', {})).toEqual({ delivered: 1, failed: [] });
    await again.push('onChat');
    expect(room.has('anna')).toBe(true);
  });
});
