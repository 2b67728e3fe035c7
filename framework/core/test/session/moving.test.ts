import { MemoryNetwork, memoryTransport } from '@pomelo-ts/rpc';
import { describe, expect, it } from 'vitest';
import { HoldingTransport } from '../../../rpc/test/holding-transport.js';
import { poll } from '../poll.js';
import type { RunningGame } from '../running-game.js';
import { kept, Player, startMovingGame } from './moving-game.js';

const frontends = ['connector-1', 'connector-2', 'connector-3'];

/** Resolves when all that the frontends have said so far has come to chat-1, and the other way round. */
async function settled(game: RunningGame): Promise<void> {
  const { sessions, channels } = game.app('chat-1');
  for (let round = 0; round < 2; round++) {
    for (const id of frontends) {
      if (game.app('chat-1').registry.get(id)) await sessions.ask(id, 'sys.session.ofUid', 'nobody');
    }
    await channels.broadcast('connector', 'onEnd', { text: 'end' });
  }
}

describe('a session that moves to another frontend', () => {
  it('is the same one to a backend, with its uid and settings, and no end is told', async () => {
    const { game, ends } = await startMovingGame(frontends);
    await using _game = game;
    const ann = new Player(game, 'connector-1');
    await ann.request('chat.room.bind', { uid: 'ann' });
    ann.session.set('score', 7);
    await ann.request('chat.room.keep');
    const session = kept.get(`chat-1 ${ann.id}`)!;
    const { number } = ann.session;
    new Player(game, 'connector-2');
    ann.move('connector-2');
    expect(ann.session.number).not.toBe(number);
    await poll(() => session.frontendId).toBe('connector-2');
    const seen = { id: ann.id, frontend: 'connector-2', uid: 'ann', score: 7 };
    for (const type of ['chat', 'connector']) expect(await ann.request(`${type}.room.see`)).toEqual(seen);
    await ann.request('chat.room.keep');
    expect(kept.get(`chat-1 ${ann.id}`)).toBe(session);
    ann.move('connector-1');
    expect(await ann.request('chat.room.see')).toEqual({ ...seen, frontend: 'connector-1' });
    await settled(game);
    expect([ends, session.closed]).toEqual([[], false]);
    expect(game.app('connector-1').sessions.local!.get(ann.id)).toBe(ann.session);
    ann.leave();
    await poll(() => ends.toSorted()).toEqual(
      ['chat-1', 'connector-1', 'connector-2'].map((server) => `${server} ${ann.id} gone`),
    );
  });

  it('can be bound, set and kicked by whoever has it from before, also while it moves', async () => {
    const { game, ends } = await startMovingGame(frontends);
    await using _game = game;
    const ann = new Player(game, 'connector-1');
    for (const type of ['chat', 'connector']) await ann.request(`${type}.room.keep`);
    const [there, here] = ['chat-1', 'connector-1'].map((server) => kept.get(`${server} ${ann.id}`)!);
    const binding = there!.bind('ann'); // comes to connector-1 when that has the session no more
    ann.move('connector-2');
    await binding;
    expect(ann.session.uid).toBe('ann');
    here!.set('score', 3);
    await here!.push('score');
    expect([ann.session.get('score'), here!.frontendId]).toEqual([3, 'connector-2']);
    const told: string[] = [];
    for (const session of [there!, here!]) session.onClosed((reason) => told.push(reason));
    ann.move('connector-3');
    await here!.kick('enough');
    await poll(() => told).toEqual(['enough', 'enough']);
    expect([there!.closed, here!.closed]).toEqual([true, true]);
    await expect(here!.bind('bob')).rejects.toMatchObject({ code: 'SESSION_GONE' });
    await settled(game);
    expect(ends).toHaveLength(4); // three frontends that had it, and the backend
  });

  it('goes on when its former frontend goes, and ends with the one that has it', async () => {
    const { game, ends } = await startMovingGame(frontends);
    await using _game = game;
    const ann = new Player(game, 'connector-1');
    await ann.request('chat.room.join');
    ann.move('connector-2');
    await settled(game);
    game.leave('connector-1');
    await poll(() => game.app('chat-1').registry.get('connector-1')).toBeUndefined();
    expect(await ann.request('chat.room.see')).toMatchObject({ frontend: 'connector-2' });
    expect(game.app('chat-1').channels.get('room')!.size).toBe(1);
    expect(ends).toEqual([]);
    game.leave('connector-2');
    await poll(() => ends.filter((end) => end.startsWith('chat-1'))).toEqual([
      `chat-1 ${ann.id} frontend gone`,
    ]);
    expect(game.app('chat-1').channels.get('room')!.size).toBe(0);
  });

  it.each(['connector-1', 'connector-2'])('is found although what %s says of it is late', async (late) => {
    const network = new MemoryNetwork();
    const holding = new HoldingTransport(memoryTransport(network));
    const transport = (id: string) => (id === late ? holding : memoryTransport(network));
    const { game, ends } = await startMovingGame(frontends, { transport });
    await using _game = game;
    const ann = new Player(game, 'connector-1');
    await ann.request('chat.room.bind', { uid: 'ann' });
    await settled(game);
    holding.freeze();
    const early = ann.request('chat.room.see');
    ann.move('connector-2');
    const asked = ann.request('chat.room.see');
    if (late === 'connector-1') expect(await asked).toMatchObject({ frontend: 'connector-2', uid: 'ann' });
    holding.thaw();
    expect(await asked).toMatchObject({ frontend: 'connector-2', uid: 'ann' });
    void early; // nobody is there to get the answer
    await settled(game);
    expect(ends).toEqual([]);
    await poll(() => game.app('chat-1').sessions.find('ann')).toMatchObject([
      { frontendId: 'connector-2', sessionId: ann.id },
    ]);
  });

  it('is found by the directory where it is, and nowhere else', async () => {
    for (const perUid of ['many', 'refuse', 'replace']) {
      const { game, ends } = await startMovingGame(frontends, {}, { perUid });
      await using _game = game;
      const ann = new Player(game, 'connector-1');
      await ann.request('chat.room.bind', { uid: 'ann' });
      for (const to of ['connector-2', 'connector-3', 'connector-1']) {
        ann.move(to);
        await poll(() => game.app('chat-1').sessions.find('ann')).toMatchObject([
          { frontendId: to, sessionId: ann.id },
        ]);
      }
      await settled(game);
      expect([ends, await game.app('chat-1').sessions.count()]).toEqual([[], 1]);
    }
  });
});

describe('a channel', () => {
  it('has a member that moves where it is, with and without a uid, and none leaves it', async () => {
    const { game } = await startMovingGame(frontends);
    await using _game = game;
    const left: string[] = [];
    const players = ['connector-1', 'connector-1', 'connector-2'].map((at) => new Player(game, at));
    const [ann, guest, bob] = players as [Player, Player, Player];
    await ann.request('chat.room.bind', { uid: 'ann' });
    await bob.request('chat.room.bind', { uid: 'bob' });
    for (const one of players) await one.request('chat.room.join');
    const room = game.app('chat-1').channels.get('room')!;
    room.onLeave(({ uid, sessionId }, reason) => left.push(`${uid ?? sessionId} ${reason}`));
    ann.move('connector-3');
    guest.move('connector-2');
    await settled(game);
    for (const one of players) one.pushes.length = 0;
    expect(await room.deliver('onChat', { text: 'all' })).toEqual({ delivered: 3, failed: [] });
    expect(players.map(({ pushes }) => pushes)).toEqual([['all'], ['all'], ['all']]);
    expect(room.members.map(({ frontendId }) => frontendId).toSorted()).toEqual([
      'connector-2',
      'connector-2',
      'connector-3',
    ]);
    expect([left, room.size, game.servers.get('connector-1')!.mirrors]).toEqual([[], 3, 0]);
    guest.leave();
    ann.leave();
    await poll(() => left.toSorted()).toEqual([`${guest.id} ended`, 'ann ended'].toSorted());
  });

  it('has a uid on both frontends when one of its sessions moves, and once when both have', async () => {
    const { game } = await startMovingGame(frontends);
    await using _game = game;
    const [first, second] = [new Player(game, 'connector-1'), new Player(game, 'connector-1')];
    for (const one of [first, second]) await one.request('connector.room.bind', { uid: 'ann' });
    await first.request('chat.room.join');
    const room = game.app('chat-1').channels.get('room')!;
    const left: string[] = [];
    room.onLeave((member, reason) => left.push(`${member.uid} ${reason}`));
    first.move('connector-2');
    await settled(game);
    expect([room.size, (await room.deliver('onChat', { text: 'both' })).delivered]).toEqual([2, 2]);
    second.move('connector-2');
    await settled(game);
    expect([room.size, (await room.deliver('onChat', { text: 'both' })).delivered]).toEqual([1, 2]);
    expect(left).toEqual([]);
    for (const one of [first, second]) one.leave();
    await poll(() => left).toEqual(['ann ended']);
  });
});
