import { expect, it } from 'vitest';
import { RawClient } from '../../../../test/helpers/raw-client.js';
import type { Application } from '../../src/application.js';
import type { Session } from '../../src/session.js';
import { poll } from '../poll.js';
import { type RunningGame, startGame } from '../running-game.js';

const start = () =>
  startGame({
    servers: {
      connector: [
        { id: 'connector-1', frontend: true },
        { id: 'connector-2', frontend: true },
      ],
      chat: [{ id: 'chat-1' }],
    },
    settings: { client: { dictionary: false } },
    handlers: {
      chat: {
        room: (app: Application) => ({
          join: ({ room }: { room: string }, session: Session) => ({
            added: app.channels.create(room).add(session),
          }),
        }),
      },
    },
  });

const countersOf = (game: RunningGame, id: string) => game.app(id).counters;

const sizesOf = (game: RunningGame) =>
  Object.fromEntries(
    Object.entries(countersOf(game, 'chat-1').channels).map(([size, { value }]) => [size, value]),
  );

const fanoutOf = (game: RunningGame, id: string) => {
  const { count, sum } = countersOf(game, id).pushFanout;
  return { count, sum };
};

it('pushes are counted where they are made, once each by kind, and on each frontend by how many they reach', async () => {
  await using game = await start();
  await using a = await RawClient.join(game.port('connector-1'));
  await using b = await RawClient.join(game.port('connector-1'));
  await using c = await RawClient.join(game.port('connector-2'));
  for (const client of [a, b, c]) await client.request('chat.room.join', { room: 'hall' });
  const { channels } = game.app('chat-1');
  const hall = channels.get('hall')!;
  hall.push('onHall', {});
  expect(await hall.deliver('onHall', {})).toEqual({ delivered: 3, failed: [] });
  channels.push('onList', {}, [
    { uid: 'nobody', frontendId: 'connector-1' },
    { uid: 'nobody', frontendId: 'no such server' },
  ]);
  expect((await channels.broadcast('connector', 'onAll', {})).delivered).toBe(3);
  const { pushes, pushDropped, channelPushFrames } = countersOf(game, 'chat-1');
  expect([pushes.channel.value, pushes.list.value, pushes.all.value]).toEqual([2, 1, 1]);
  expect([channelPushFrames.channel.value, channelPushFrames.list.value]).toEqual([4, 1]);
  expect(pushDropped.unsent.value).toBe(1);
  expect(fanoutOf(game, 'connector-1')).toEqual({ count: 4, sum: 6 });
  expect(fanoutOf(game, 'connector-2')).toEqual({ count: 3, sum: 3 });
});

it('channels are counted by their members while those come and go, and no more when they are destroyed', async () => {
  await using game = await start();
  const none = { none: 0, one: 0, below10: 0, below100: 0, below1000: 0, more: 0 };
  const members = () => countersOf(game, 'chat-1').channelMembers.value;
  const { channels } = game.app('chat-1');
  const hall = channels.create('hall');
  channels.create('empty');
  channels.create('empty');
  expect([sizesOf(game), members()]).toEqual([{ ...none, none: 2 }, 0]);
  await using a = await RawClient.join(game.port('connector-1'));
  const b = await RawClient.join(game.port('connector-2'));
  await a.request('chat.room.join', { room: 'hall' });
  expect([sizesOf(game), members()]).toEqual([{ ...none, none: 1, one: 1 }, 1]);
  await b.request('chat.room.join', { room: 'hall' });
  await a.request('chat.room.join', { room: 'other' });
  expect([sizesOf(game), members()]).toEqual([{ ...none, none: 1, one: 1, below10: 1 }, 3]);
  await b[Symbol.asyncDispose]();
  await poll(() => hall.size).toBe(1);
  expect([sizesOf(game), members()]).toEqual([{ ...none, none: 1, one: 2 }, 2]);
  hall.destroy();
  hall.destroy();
  expect([sizesOf(game), members()]).toEqual([{ ...none, none: 1, one: 1 }, 1]);
});

it('channels of any size have their class', async () => {
  await using game = await start();
  const hall = game.app('chat-1').channels.create('hall');
  const classes: Record<number, string> = { 1: 'one', 2: 'below10', 9: 'below10', 10: 'below100' };
  Object.assign(classes, { 99: 'below100', 100: 'below1000', 999: 'below1000', 1000: 'more' });
  for (let size = 1; size <= 1000; size++) {
    hall.add({ uid: `u${size}`, frontendId: 'connector-1' });
    const wanted = classes[size];
    if (wanted === undefined) continue;
    const sizes = Object.entries(sizesOf(game)).filter(([, count]) => count > 0);
    expect([size, sizes]).toEqual([size, [[wanted, 1]]]);
  }
});
