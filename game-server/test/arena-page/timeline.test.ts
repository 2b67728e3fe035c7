import { expect, test } from 'vitest';
import { Timeline } from '../../web/src/arena/timeline.js';

/** A timeline at 50 ms a tick whose packets take 7 ms. */
function timelineOf(...ticks: [tick: number, ...moved: number[]][]): Timeline {
  const timeline = new Timeline(50);
  for (const [tick, ...moved] of ticks) timeline.add({ tick, moved }, tick * 50 + 7);
  return timeline;
}

test('between two ticks a player is between two places', () => {
  const timeline = timelineOf([1, 1, 100, 200, 0], [2, 1, 120, 180, 8], [3, 1, 140, 160, 0]);
  expect(timeline.at(3 * 50 + 7 + 25, 100).get(1)).toEqual({ x: 110, y: 190, marks: 8 });
  expect(timeline.at(3 * 50 + 7, 50).get(1)).toMatchObject({ x: 120, y: 180 });
});

test('a player that a tick does not name stays where it was', () => {
  const timeline = timelineOf([1, 1, 100, 200, 0, 2, 5, 5, 1], [2, 1, 120, 180, 0], [3]);
  expect(timeline.at(3 * 50 + 7 + 30, 50).get(2)).toEqual({ x: 5, y: 5, marks: 1 });
});

test('a packet that comes late is not seen, and nobody runs on when none comes', () => {
  const timeline = timelineOf([1, 1, 100, 0, 0], [2, 1, 110, 0, 0]);
  timeline.add({ tick: 3, moved: [1, 120, 0, 0] }, 3 * 50 + 7 + 60);
  expect(timeline.at(3 * 50 + 7 + 60, 100).get(1)!.x).toBeCloseTo(112, 0);
  expect(timeline.at(10_000, 100).get(1)!.x).toBe(120);
});

test('who is put somewhere else is not shown on the way', () => {
  const timeline = timelineOf([1, 1, 100, 100, 0], [2, 1, 900, 700, 1]);
  expect(timeline.at(1.5 * 50 + 7, 0).get(1)).toEqual({ x: 900, y: 700, marks: 1 });
});

test('an arena that begins anew is followed from there', () => {
  const timeline = timelineOf([900, 1, 100, 100, 0], [901, 1, 110, 100, 0]);
  timeline.add({ tick: 1, moved: [1, 300, 300, 0] }, 60_000);
  timeline.add({ tick: 2, moved: [1, 310, 300, 0] }, 60_050);
  expect(timeline.at(60_050, 25).get(1)).toEqual({ x: 305, y: 300, marks: 0 });
});

test('who has left is forgotten', () => {
  const timeline = timelineOf([1, 1, 100, 200, 0, 2, 5, 5, 1], [2]);
  timeline.keep(new Set([2]));
  expect([...timeline.at(200, 50).keys()]).toEqual([2]);
  expect([...timeline.latest.keys()]).toEqual([2]);
});
