import { expect, test } from 'vitest';
import { viewOf } from '../../web/src/arena/camera.js';

const arena = { width: 1600, height: 900 };

test('a large screen shows the whole arena, whoever looks', () => {
  const view = viewOf({ width: 1648, height: 1200 }, arena, { x: 0, y: 0 });
  expect(view).toEqual({ scale: 1, x: 800, y: 450 });
});

test('a phone shows what is around the player, and some way beyond the walls', () => {
  const screen = { width: 400, height: 400 };
  expect(viewOf(screen, arena, { x: 700, y: 450 })).toEqual({ scale: 0.4, x: 700, y: 450 });
  expect(viewOf(screen, arena, { x: 10, y: 10 })).toMatchObject({ x: 240, y: 450 });
  expect(viewOf(screen, arena, { x: 1590, y: 10 })).toMatchObject({ x: 1360 });
});
