import { expect, it } from 'vitest';
import { Heartbeat } from '../src/heartbeat.js';
import { ManualClock } from './manual-clock.js';

function start() {
  const clock = new ManualClock();
  const seen = { sent: 0, silences: [] as number[] };
  const heartbeat = new Heartbeat(
    1000,
    clock,
    () => seen.sent++,
    (ms) => seen.silences.push(ms),
  );
  return { clock, seen, heartbeat };
}

it('answers one interval after a server heartbeat, once however many came', () => {
  const { clock, seen, heartbeat } = start();
  heartbeat.beat();
  clock.advance(500);
  heartbeat.beat();
  clock.advance(499);
  expect(seen.sent).toBe(0);
  clock.advance(1);
  expect(seen.sent).toBe(1);
  clock.advance(1000);
  expect(seen.sent).toBe(1);
});

it('reports silence after two intervals and some slack', () => {
  const { clock, seen } = start();
  clock.advance(2099);
  expect(seen.silences).toEqual([]);
  clock.advance(1);
  expect(seen.silences).toEqual([2100]);
  expect(clock.armed).toBe(0);
});

it('takes every package for a sign of life', () => {
  const { clock, seen, heartbeat } = start();
  for (let i = 0; i < 10; i++) {
    clock.advance(2000);
    heartbeat.sign();
  }
  expect(seen.silences).toEqual([]);
  clock.advance(2100);
  expect(seen.silences).toEqual([2100]);
});

it('gives the server one interval more when this side slept', () => {
  const { clock, seen, heartbeat } = start();
  clock.sleep(60_000);
  expect(seen.silences).toEqual([]);
  heartbeat.sign();
  clock.advance(2000);
  expect(seen.silences).toEqual([]);
  clock.sleep(60_000);
  clock.advance(1000);
  expect(seen.silences).toHaveLength(1);
});

it('leaves no timer behind when stopped', () => {
  const { clock, heartbeat } = start();
  heartbeat.beat();
  heartbeat.stop();
  expect(clock.armed).toBe(0);
});
