import { describe, expect, it } from 'vitest';
import { Measures } from '../../src/robot/measures.js';
import { Tally } from '../../src/robot/tally.js';
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

describe('what a worker tells late', () => {
  const requestsOf = (tally: Tally) => tally.timeline.steps.map(({ requests }) => requests);
  const sample = (requests: number) => {
    const measures = new Measures();
    for (let i = 0; i < requests; i++) measures.done('request', 'a.b.c', 1);
    return { ...measures.take(), users: users(1) };
  };
  const last = Number.POSITIVE_INFINITY;

  it('is spread over the seconds that it is about', () => {
    const tally = new Tally();
    tally.add(0, { second: 0, seconds: 1, busy: 1, last }, sample(6));
    tally.add(0, { second: 3, seconds: 3, busy: 1, last }, sample(12));
    expect(requestsOf(tally)).toEqual([6, 4, 4, 4]);
    expect(tally.tries('request')).toBe(18);
  });

  it('of after the end counts, and makes no step look busier than it was', () => {
    const tally = new Tally();
    tally.add(0, { second: 2, seconds: 3, busy: 1, last: 1 }, sample(9));
    tally.add(0, { second: 4, seconds: 0, busy: 0, last: 1 }, sample(5));
    expect(requestsOf(tally)).toEqual([3, 3]);
    expect(tally.tries('request')).toBe(14);
  });
});
