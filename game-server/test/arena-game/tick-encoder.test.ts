import { expect, test } from 'vitest';
import { steer } from '../../app/arena-game/player.js';
import { TickEncoder } from '../../app/arena-game/tick-encoder.js';
import { marks } from '../../app/contract.js';
import { joined, put, testArena } from './helpers.js';

test('a tick names those who moved or changed, in whole units', () => {
  const arena = testArena({ roundMs: 60_000 });
  const encoder = new TickEncoder(arena, 1000);
  const ann = joined(arena, 'ann');
  const bob = joined(arena, 'bob');
  arena.step();
  put(ann, 100.4, 100.6);
  put(bob, 800, 800);
  expect(encoder.next()).toEqual({
    tick: 1,
    moved: [1, 100, 101, marks.hunter, 2, 800, 800, 0],
    scores: [1, 0, 2, 0],
  });
  arena.step();
  expect(encoder.next()).toEqual({ tick: 2, moved: [] });
  steer(bob, { x: -100, y: 0, dash: 1 });
  arena.step();
  expect(encoder.next()).toEqual({ tick: 3, moved: [2, 765, 800, marks.dashing] });
});

test('now and then, and on demand, a tick names everybody and the scores', () => {
  const arena = testArena();
  const encoder = new TickEncoder(arena, 3);
  joined(arena, 'ann');
  const told = Array.from({ length: 7 }, () => {
    arena.step();
    return encoder.next().scores !== undefined;
  });
  expect(told).toEqual([true, false, false, true, false, false, true]);
  encoder.refresh();
  expect(encoder.next().scores).toEqual([1, 0]);
});

test('a slot that is somebody else’s now is told anew', () => {
  const arena = testArena();
  const encoder = new TickEncoder(arena, 1000);
  joined(arena, 'ann');
  encoder.next();
  arena.leave(1);
  encoder.next();
  put(joined(arena, 'bob'), 28, 28);
  expect(encoder.next().moved).toEqual([1, 28, 28, 0]);
  expect(encoder.full()).toEqual({ tick: 0, moved: [1, 28, 28, 0], scores: [1, 0] });
});
