import { describe, expect, test } from 'vitest';
import { distance, freePlace } from '../../app/arena-game/place.js';
import { standardRules } from '../../app/arena-game/rules.js';
import { joined, pass, put, testArena } from './helpers.js';

describe('a round', () => {
  test('waits for a second player', () => {
    const arena = testArena();
    joined(arena, 'ann');
    expect(pass(arena, 500)).toEqual([]);
    expect([arena.phase, arena.hunter, arena.leftMs]).toEqual(['waiting', 0, 0]);
    joined(arena, 'bob');
    expect(arena.step()).toEqual([{ kind: 'round' }]);
    expect([arena.phase, arena.round, arena.leftMs, arena.hunter]).toEqual(['play', 1, 1000, 1]);
  });

  test('takes its time, is followed by a break, and begins anew with scores of 0', () => {
    const arena = testArena();
    const ann = joined(arena, 'ann');
    const bob = joined(arena, 'bob');
    arena.step();
    put(ann, 100, 100);
    put(bob, 800, 800);
    expect(pass(arena, 950)).toEqual([]);
    expect(arena.step()).toEqual([{ kind: 'round' }]);
    expect([arena.phase, arena.leftMs, arena.hunter]).toEqual(['break', 200, 0]);
    expect(arena.standings).toEqual([
      { name: 'bob', score: 1, slot: 2 },
      { name: 'ann', score: 0, slot: 1 },
    ]);
    expect(pass(arena, 200)).toEqual([{ kind: 'round' }]);
    expect([arena.phase, arena.round, bob.score]).toEqual(['play', 2, 0]);
  });

  test('ends when only one is left, and goes on with two', () => {
    const arena = testArena();
    joined(arena, 'ann');
    const bob = joined(arena, 'bob');
    arena.step();
    arena.leave(bob.slot);
    expect(arena.step()).toEqual([{ kind: 'round' }]);
    expect([arena.phase, arena.hunter]).toEqual(['waiting', 0]);
    joined(arena, 'cleo');
    arena.step();
    expect([arena.phase, arena.round]).toEqual(['play', 2]);
  });

  test('takes two minutes by the standard rules', () => {
    expect(standardRules.roundMs).toBe(120_000);
    expect(1000 / standardRules.tickMs).toBe(20);
  });
});

describe('catching', () => {
  test('gives points, stuns who was caught and makes them the hunter, and shields who caught', () => {
    const arena = testArena();
    const ann = joined(arena, 'ann');
    const bob = joined(arena, 'bob');
    arena.step();
    put(ann, 500, 500);
    put(bob, 500 + 2 * arena.rules.radius - 1, 500);
    expect(arena.step()).toEqual([{ kind: 'tag', by: 1, who: 2 }]);
    expect(arena.hunter).toBe(2);
    expect(ann.score).toBe(arena.rules.tagPoints);
    expect([bob.stunnedMs, ann.shieldedMs]).toEqual([arena.rules.stunMs, arena.rules.shieldMs]);
  });

  test('does not happen back and forth: first the stun must end, then the shield', () => {
    const arena = testArena({ roundMs: 10_000 });
    const ann = joined(arena, 'ann');
    const bob = joined(arena, 'bob');
    arena.step();
    put(ann, 500, 500);
    put(bob, 510, 500);
    arena.step();
    expect(pass(arena, arena.rules.shieldMs - arena.rules.tickMs)).toEqual([]);
    expect(arena.step()).toEqual([{ kind: 'tag', by: 2, who: 1 }]);
  });

  test('takes the nearest of several, one in a tick', () => {
    const arena = testArena();
    const [ann, bob, cleo] = ['ann', 'bob', 'cleo'].map((name) => joined(arena, name));
    arena.step();
    put(ann!, 500, 500);
    put(bob!, 540, 500);
    put(cleo!, 500, 530);
    expect(arena.step()).toEqual([{ kind: 'tag', by: 1, who: 3 }]);
  });

  test('does not happen without touch, in a break or while waiting', () => {
    const arena = testArena();
    const ann = joined(arena, 'ann');
    const bob = joined(arena, 'bob');
    put(ann, 500, 500);
    put(bob, 500, 500);
    arena.step();
    put(ann, 500, 500);
    put(bob, 500 + 2 * arena.rules.radius, 500);
    expect(pass(arena, 1000)).toEqual([{ kind: 'round' }]);
    put(bob, 500, 500);
    expect(arena.step()).toEqual([]);
  });
});

describe('scores', () => {
  test('rise each second for all but the hunter', () => {
    const arena = testArena({ roundMs: 5000 });
    const ann = joined(arena, 'ann');
    const bob = joined(arena, 'bob');
    arena.step();
    put(ann, 100, 100);
    put(bob, 900, 800);
    pass(arena, 3000);
    expect([ann.score, bob.score]).toEqual([0, 3]);
  });
});

describe('players', () => {
  test('get the lowest free slot', () => {
    const arena = testArena();
    const slots = ['ann', 'bob', 'cleo'].map((name) => joined(arena, name).slot);
    expect(slots).toEqual([1, 2, 3]);
    arena.leave(2);
    expect(joined(arena, 'dora').slot).toBe(2);
  });

  test('are refused when the arena is full', () => {
    const arena = testArena({ maxPlayers: 2 });
    joined(arena, 'ann');
    joined(arena, 'bob');
    expect(arena.join('cleo')).toBeUndefined();
  });

  test('who hunt and leave are followed by another hunter', () => {
    const arena = testArena();
    for (const name of ['ann', 'bob', 'cleo']) joined(arena, name);
    arena.step();
    expect(arena.hunter).toBe(1);
    arena.leave(1);
    expect(arena.hunter).toBe(2);
    arena.leave(99);
    expect(arena.players.size).toBe(2);
  });
});

describe('places', () => {
  test('are inside, outside of pillars, and apart from others', () => {
    let seed = 1;
    const random = (): number => {
      seed = (seed * 48271) % 2147483647;
      return seed / 2147483647;
    };
    for (let i = 0; i < 200; i++) {
      const other = { x: 400, y: 450 };
      const place = freePlace(standardRules, [other], random);
      expect(place.x).toBeGreaterThanOrEqual(standardRules.radius);
      expect(place.x).toBeLessThanOrEqual(standardRules.width - standardRules.radius);
      for (const pillar of standardRules.pillars) {
        expect(distance(place, pillar)).toBeGreaterThanOrEqual(pillar.radius + standardRules.radius);
      }
      expect(distance(place, other)).toBeGreaterThan(4 * standardRules.radius);
    }
  });

  test('are found even when every try hits a pillar', () => {
    expect(freePlace(standardRules, [], () => 0.5)).toEqual({
      x: standardRules.radius,
      y: standardRules.radius,
    });
  });
});
