import { startCluster, type TestCluster } from '@pomelo-ts/core/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ArenaAnswer, PlayersPush, RoundPush, TickPush } from '../app/contract.js';
import { Player } from './player.js';

let game: TestCluster;
let rooms = 0;

beforeAll(async () => {
  const quick = { roundSeconds: 1, breakSeconds: 0.5 };
  game = await startCluster({ changeServer: ({ type }) => (type === 'arena' ? quick : {}) });
});
afterAll(() => game.stop());

const newRoom = (): string => `arena ${++rooms}`;

async function inArena(
  name: string,
  room: string,
  server?: string,
): Promise<{ player: Player; arena: ArenaAnswer }> {
  const player = await Player.connect(game, name, server);
  await player.enter(name, room);
  const arena = await player.client.request<ArenaAnswer>('arena.arenaHandler.enter', {});
  return { player, arena };
}

test('a player is told all there is to draw, and of each who comes and goes', async () => {
  const room = newRoom();
  const { player: ann, arena } = await inArena('ann', room, 'cluster-server-connector-0');
  expect(arena).toMatchObject({
    code: 200,
    you: 1,
    round: { phase: 'waiting' },
    players: [{ slot: 1, name: 'ann' }],
  });
  expect(arena.tick.moved.slice(0, 1)).toEqual([1]);
  const { player: bob, arena: second } = await inArena('bob', room, 'cluster-server-connector-1');
  expect(second).toMatchObject({
    you: 2,
    players: [
      { slot: 1, name: 'ann' },
      { slot: 2, name: 'bob' },
    ],
  });
  expect((await ann.next<PlayersPush>('onArenaPlayers')).players).toEqual(second.players);
  await bob.close();
  const { players } = await ann.next<PlayersPush>('onArenaPlayers');
  expect(players).toEqual([{ slot: 1, name: 'ann' }]);
});

test('a player who steers is seen moving by the others, 20 times a second', async () => {
  const room = newRoom();
  const { player: ann } = await inArena('ann', room);
  const { player: bob } = await inArena('bob', room);
  const placeOf = (slot: number, { moved = [] }: TickPush): number[] => {
    for (let i = 0; i < moved.length; i += 4) if (moved[i] === slot) return moved.slice(i + 1, i + 3);
    return [];
  };
  await bob.next<RoundPush>('onArenaRound', ({ phase }) => phase === 'play');
  const start = await bob.next<TickPush>('onArenaTick', ({ scores }) => scores !== undefined);
  const [startX] = placeOf(1, start);
  ann.client.notify('arena.arenaHandler.steer', { x: startX! > 800 ? -100 : 100, y: 0 });
  const seen: TickPush[] = [];
  while (seen.length < 5) {
    const sawAnn = (push: TickPush): boolean => push.tick > start.tick && placeOf(1, push).length > 0;
    seen.push(await bob.next<TickPush>('onArenaTick', sawAnn));
  }
  const ticks = seen.map(({ tick }) => tick);
  expect(ticks.at(-1)! - ticks[0]!).toBeLessThanOrEqual(5);
  expect(Math.abs(placeOf(1, seen.at(-1)!)[0]! - startX!)).toBeGreaterThan(20);
});

test('rounds end with scores, and a new one begins', async () => {
  const room = newRoom();
  const { player: ann } = await inArena('ann', room);
  const { player: bob } = await inArena('bob', room);
  const begun = await ann.next<RoundPush>('onArenaRound');
  expect(begun).toMatchObject({ phase: 'play', round: 1, leftMs: 1000 });
  const ended = await ann.next<RoundPush>('onArenaRound');
  expect(ended).toMatchObject({ phase: 'break', round: 1, leftMs: 500 });
  expect(ended.standings!.map(({ name }) => name).sort()).toEqual(['ann', 'bob']);
  expect(await ann.next<RoundPush>('onArenaRound')).toMatchObject({ phase: 'play', round: 2 });
  expect(await bob.next<RoundPush>('onArenaRound')).toEqual(begun);
});

test('entering again tells how things are and makes nobody twice', async () => {
  const { player: ann, arena } = await inArena('ann', newRoom());
  const again = await ann.client.request<ArenaAnswer>('arena.arenaHandler.enter', {});
  expect(again.you).toBe(arena.you);
  expect(again.players).toEqual(arena.players);
});

test('one who leaves the arena stays in the room', async () => {
  const room = newRoom();
  const { player: ann } = await inArena('ann', room);
  const { player: bob } = await inArena('bob', room);
  expect(await bob.client.request('arena.arenaHandler.leave', {})).toEqual({ code: 200 });
  await ann.next<PlayersPush>('onArenaPlayers', ({ players = [] }) => players.length === 1);
  expect(await ann.say('still here?', 'bob')).toEqual({ code: 200 });
});

test('nobody plays without a room, and 24 play in one arena', async () => {
  const stranger = await Player.connect(game, 'stranger');
  expect(await stranger.client.request('arena.arenaHandler.enter', {})).toMatchObject({ code: 403 });
  const room = newRoom();
  const players = await Promise.all(
    Array.from({ length: 25 }, (_, index) => inArena(`player ${index}`, room)),
  );
  const codes = players.map(({ arena }) => arena.code as number);
  expect(codes.filter((code) => code === 200)).toHaveLength(24);
  expect(codes.filter((code) => code === 503)).toHaveLength(1);
  await Promise.all(players.map(({ player }) => player.close()));
});
