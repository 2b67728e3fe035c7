import { describe, expect, test } from 'vitest';
import { move } from '../../app/arena-game/movement.js';
import { createPlayer, type Player, steer } from '../../app/arena-game/player.js';
import { type ArenaRules, standardRules } from '../../app/arena-game/rules.js';

const open: ArenaRules = { ...standardRules, pillars: [] };
const stepLength = (open.speed * open.tickMs) / 1000;

function playerAt(x: number, y: number): Player {
  return createPlayer(1, 'ann', { x, y });
}

describe('moving', () => {
  test('goes where it is steered, and stands when it is not', () => {
    const player = playerAt(500, 500);
    move(player, false, open);
    expect([player.x, player.y]).toEqual([500, 500]);
    steer(player, { x: 100, y: 0 });
    move(player, false, open);
    expect([player.x, player.y]).toEqual([500 + stepLength, 500]);
  });

  test('is not faster on the diagonal, and slower with less than full speed', () => {
    const diagonal = playerAt(500, 500);
    steer(diagonal, { x: 100, y: 100 });
    move(diagonal, false, open);
    expect(Math.hypot(diagonal.x - 500, diagonal.y - 500)).toBeCloseTo(stepLength);
    const slow = playerAt(500, 500);
    steer(slow, { x: -50, y: 0 });
    move(slow, false, open);
    expect(slow.x).toBeCloseTo(500 - stepLength / 2);
  });

  test('is faster for the hunter', () => {
    const hunter = playerAt(500, 500);
    steer(hunter, { x: 100, y: 0 });
    move(hunter, true, open);
    expect(hunter.x - 500).toBeGreaterThan(stepLength);
  });

  test('stops at the walls', () => {
    const player = playerAt(open.radius + 1, open.height - open.radius - 1);
    steer(player, { x: -100, y: 100 });
    for (let i = 0; i < 10; i++) move(player, false, open);
    expect([player.x, player.y]).toEqual([open.radius, open.height - open.radius]);
  });

  test('slides around a pillar and never gets into it', () => {
    const pillar = { x: 500, y: 500, radius: 70 };
    const rules = { ...open, pillars: [pillar] };
    const player = playerAt(300, 490);
    steer(player, { x: 100, y: 0 });
    for (let i = 0; i < 60; i++) {
      move(player, false, rules);
      expect(Math.hypot(player.x - 500, player.y - 500)).toBeGreaterThanOrEqual(70 + rules.radius - 1e-6);
    }
    expect(player.x).toBeGreaterThan(600);
  });

  test('gets a player off the very middle of a pillar', () => {
    const rules = { ...open, pillars: [{ x: 500, y: 500, radius: 70 }] };
    const player = playerAt(500, 500);
    move(player, false, rules);
    expect(player.x).toBe(500 + 70 + rules.radius);
  });

  test('is not possible for one who is stunned', () => {
    const player = playerAt(500, 500);
    player.stunnedMs = 2 * open.tickMs;
    steer(player, { x: 100, y: 0, dash: 1 });
    move(player, false, open);
    expect(player.x).toBe(500);
    move(player, false, open);
    expect(player.x).toBe(500 + stepLength);
    expect(player.dashLeftMs).toBe(0);
  });
});

describe('a dash', () => {
  test('is short and fast, and rests before the next one', () => {
    const player = playerAt(500, 500);
    steer(player, { x: 100, y: 0, dash: 1 });
    move(player, false, open);
    expect(player.x).toBeCloseTo(500 + (open.dashSpeed * open.tickMs) / 1000);
    for (let ms = 0; ms < open.dashMs; ms += open.tickMs) move(player, false, open);
    steer(player, { x: 100, y: 0, dash: 2 });
    const before = player.x;
    move(player, false, open);
    expect(player.x - before).toBeCloseTo(stepLength);
    steer(player, { x: 0, y: 0, dash: 2 });
    for (let ms = 0; ms < open.dashRestMs; ms += open.tickMs) move(player, false, open);
    steer(player, { x: -100, y: 0, dash: 3 });
    move(player, false, open);
    expect(player.dashLeftMs).toBe(open.dashMs);
  });

  test('is one for one count, however often it is sent', () => {
    const player = playerAt(500, 500);
    for (let i = 0; i < 3; i++) steer(player, { x: 100, y: 0, dash: 1 });
    move(player, false, open);
    for (let ms = 0; ms < open.dashRestMs; ms += open.tickMs) move(player, false, open);
    steer(player, { x: 100, y: 0, dash: 1 });
    move(player, false, open);
    expect(player.dashLeftMs).toBe(0);
  });
});

test.each([
  ['nothing', undefined],
  ['null', null],
  ['a text', 'north'],
  ['texts for numbers', { x: '100', y: '0' }],
  ['numbers that are none', { x: Number.NaN, y: Number.POSITIVE_INFINITY }],
])('steering with %s stands still', (_, message) => {
  const player = playerAt(500, 500);
  steer(player, message);
  expect([player.directionX, player.directionY, player.wantsDash]).toEqual([0, 0, false]);
});

test('steering beyond full speed is full speed', () => {
  const player = playerAt(500, 500);
  steer(player, { x: 1e9, y: 0 });
  expect(player.directionX).toBe(1);
});
