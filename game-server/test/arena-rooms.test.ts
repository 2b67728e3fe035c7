import type { Channel, ChannelMember, Session } from '@pomelo-ts/core';
import { expect, test } from 'vitest';
import { standardRules } from '../app/arena-game/rules.js';
import { ArenaRooms } from '../app/arena-rooms.js';
import type { ArenaAnswer, TickPush } from '../app/contract.js';

/** A channel on paper: it writes down what is pushed. */
class PaperChannel {
  readonly ticks: TickPush[] = [];
  readonly #uids = new Set<string>();
  #left: (member: ChannelMember) => void = () => {};

  push(route: string, msg: unknown): void {
    if (route === 'onArenaTick') this.ticks.push(msg as TickPush);
  }
  add({ uid }: Session): boolean {
    this.#uids.add(String(uid));
    return true;
  }
  has(uid: string): boolean {
    return this.#uids.has(uid);
  }
  leave(session: Session): boolean {
    this.#uids.delete(String(session.uid));
    this.#left({ uid: session.uid!, frontendId: session.frontendId });
    return true;
  }
  onLeave(listener: (member: ChannelMember) => void): void {
    this.#left = listener;
  }
}

/** Rooms whose time passes by hand. */
function roomsByHand() {
  let now = 1000;
  let timer: { at: number; fn: () => void } | undefined;
  const channels = new Map<string, PaperChannel>();
  const rooms = new ArenaRooms({
    channels: () => ({
      create: (name) => {
        const channel = new PaperChannel();
        channels.set(name, channel);
        return channel as unknown as Channel;
      },
      destroy: (name) => channels.delete(name),
    }),
    rules: standardRules,
    random: () => 0.4,
    now: () => now,
    after: (ms, fn) => {
      timer = { at: now + ms, fn };
      return () => {
        timer = undefined;
      };
    },
  });
  return {
    rooms,
    channels,
    /** Lets the timer ring `late` ms after its time. */
    ring: (late = 0) => {
      const { at, fn } = timer!;
      timer = undefined;
      now = at + late;
      fn();
    },
    get waits() {
      return timer && timer.at - now;
    },
  };
}

const session = (uid: string) => ({ uid, frontendId: 'connector-1', id: 1 }) as unknown as Session;

test('one timer moves all rooms, and none runs while nobody plays', () => {
  const world = roomsByHand();
  expect(world.waits).toBeUndefined();
  const ann = session('ann*a');
  world.rooms.open('a').enter(ann);
  world.rooms.open('b').enter(session('bob*b'));
  expect(world.waits).toBe(50);
  world.ring();
  for (const name of ['a', 'b']) expect(world.channels.get(name)!.ticks).toHaveLength(1);
  world.rooms.get('a')!.leave(ann);
  world.ring();
  expect([...world.channels.keys()]).toEqual(['b']);
  world.rooms.get('b')!.leave(session('bob*b'));
  world.ring();
  expect(world.rooms.get('b')).toBeUndefined();
  expect(world.waits).toBeUndefined();
});

test('a late timer makes up for the time, and keeps the beat', () => {
  const world = roomsByHand();
  world.rooms.open('a').enter(session('ann*a'));
  const { ticks } = world.channels.get('a')!;
  world.ring(120);
  expect(ticks.at(-1)!.tick).toBe(3);
  expect(world.waits).toBe(30);
  world.ring();
  expect(ticks.at(-1)!.tick).toBe(4);
});

test('after a long stop the game goes on where it was', () => {
  const world = roomsByHand();
  world.rooms.open('a').enter(session('ann*a'));
  world.ring(60_000);
  expect(world.channels.get('a')!.ticks.at(-1)!.tick).toBe(5);
  expect(world.waits).toBe(50);
});

test('a player who comes back by another connector before the old connection ends keeps the place', () => {
  const world = roomsByHand();
  const room = world.rooms.open('a');
  const first = room.enter(session('ann*a')) as ArenaAnswer;
  const again = room.enter({ ...session('ann*a'), frontendId: 'connector-2' } as Session) as ArenaAnswer;
  expect(again.you).toBe(first.you);
  expect(again.players).toHaveLength(1);
});
