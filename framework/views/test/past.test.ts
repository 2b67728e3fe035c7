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

  it('tells it of a crash, which may be all that is seen, and of no other state', () => {
    const again = { ...ready, state: 'starting', restarts: 1, end: 'signal SIGKILL' };
    expect(happenedBetween({ ...ready, state: 'gone' }, again, 9)).toEqual([
      { at: 9, kind: 'crash', id: 'chat-1', why: 'signal SIGKILL' },
      { at: 9, kind: 'state', id: 'chat-1', is: 'starting' },
    ]);
  });
});
