import { describe, expect, it } from 'vitest';
import { Timeline } from '../../src/robot/timeline.js';

const users = (active: number) => ({ waiting: 0, connecting: 0, active, failed: 0, done: 0 });
const part = (worker: number, active = 1) => ({
  ...{ worker, requests: 2, errors: 1, pushes: 3, times: [], busy: 0.25, users: users(active) },
});

describe('the timeline of a run', () => {
  it('adds up what workers tell of a second, and leaves those without anything empty', () => {
    const timeline = new Timeline();
    timeline.add(2, part(0, 5));
    timeline.add(2, part(1, 7));
    expect(timeline.steps.map(({ requests }) => requests)).toEqual([0, 0, 4]);
    expect([...timeline.steps[2]!.users.values()]).toEqual([users(5), users(7)]);
  });

  it('keeps what was said first about the users of a second: what follows is the end', () => {
    const timeline = new Timeline();
    timeline.add(0, part(0, 5));
    timeline.add(0, part(0, 0));
    expect([...timeline.steps[0]!.users.values()]).toEqual([users(5)]);
    expect(timeline.steps[0]!.requests).toBe(4);
  });

  it('has at most 600 steps, however long the run, and loses nothing', () => {
    const timeline = new Timeline();
    for (let second = 0; second < 10_000; second++) timeline.add(second, part(0));
    expect(timeline.stepMs).toBe(32_000);
    expect(timeline.steps).toHaveLength(Math.ceil(10_000 / 32));
    expect(timeline.steps.reduce((sum, { requests }) => sum + requests, 0)).toBe(20_000);
    expect(timeline.steps[0]!.requests).toBe(64);
  });
});
