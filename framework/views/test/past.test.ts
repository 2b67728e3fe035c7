import { describe, expect, it } from 'vitest';
import { type Condition, happenedBetween } from '../src/past.js';

const ready: Condition = { id: 'chat-1', state: 'ready', restarts: 0, build: '1' };

describe('what happened to a server between two looks', () => {
  it('tells of an end that nobody wanted how it came', () => {
    for (const state of ['gone', 'failed'])
      expect(happenedBetween(ready, { ...ready, state, end: 'signal SIGKILL' }, 7)).toEqual([
        { at: 7, kind: 'state', id: 'chat-1', is: state, why: 'signal SIGKILL' },
      ]);
    expect(happenedBetween(ready, { ...ready, state: 'gone' }, 7)).toEqual([
      { at: 7, kind: 'state', id: 'chat-1', is: 'gone' },
    ]);
  });

  it('tells of an end that somebody wanted that it was one', () => {
    expect(happenedBetween(ready, { ...ready, state: 'down', end: 'stopped' }, 7)).toEqual([
      { at: 7, kind: 'state', id: 'chat-1', is: 'down', why: 'stopped' },
    ]);
  });

  it('tells who has had it started, drained or stopped, and of what came by itself not', () => {
    const [by, end] = ['restart by ann', 'stopped'];
    const why = (from: string, to: Partial<Condition>) =>
      happenedBetween({ ...ready, state: from }, { ...ready, by, end, ...to }, 7).map((one) => one.why);
    expect(why('ready', { state: 'stopping' })).toEqual([by]);
    expect(why('stopping', { state: 'down' })).toEqual(['stopped, restart by ann']);
    expect(why('down', { state: 'starting' })).toEqual([by]);
    expect(why('ready', { state: 'draining' })).toEqual([by]);
    expect(why('draining', { state: 'ready' })).toEqual([by]);
    expect(why('starting', { state: 'ready' })).toEqual([undefined]);
    expect(why('ready', { state: 'gone', end: 'signal SIGKILL' })).toEqual(['signal SIGKILL']);
    expect(why('gone', { state: 'starting', restarts: 1 })).toEqual(['stopped', undefined]);
    expect(why('gone', { state: 'starting' })).toEqual([undefined]);
  });

  it('tells it of a crash, which may be all that is seen, and of no other state', () => {
    const again = { ...ready, state: 'starting', restarts: 1, end: 'signal SIGKILL' };
    expect(happenedBetween({ ...ready, state: 'gone' }, again, 9)).toEqual([
      { at: 9, kind: 'crash', id: 'chat-1', why: 'signal SIGKILL' },
      { at: 9, kind: 'state', id: 'chat-1', is: 'starting' },
    ]);
  });
});
