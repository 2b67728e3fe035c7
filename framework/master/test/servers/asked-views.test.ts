import type { LinkHub } from '@pomelo-ts/cluster/masters';
import { usualQuery } from '@pomelo-ts/views';
import { describe, expect, it } from 'vitest';
import { type AskedQuery, AskedViews } from '../../src/servers/asked-views.js';

const row = (uid: string, queue: number, trouble = 0) => ({
  key: uid,
  trouble,
  cells: { uid, queue, frontend: 'connector-1', session: uid, 'no column': 'x' },
});

/** Servers that answer as they are told to; what a test calls `late` never does. */
function askedOf(answers: Readonly<Record<string, unknown>>) {
  const asked: [id: string, args: unknown][] = [];
  let now = 0;
  const hub = {
    registry: {
      all: Object.keys(answers).map((id) => ({ id, state: 'ready', frontend: id.startsWith('connector') })),
    },
    ask: async (
      id: string,
      _command: string,
      args: unknown,
      _ms: number,
      read: (answer: unknown) => unknown,
    ) => {
      asked.push([id, args]);
      if (answers[id] === 'late') throw new Error('it did not answer within 500 ms');
      return read(answers[id]);
    },
  } as unknown as LinkHub;
  return {
    asked,
    views: new AskedViews(hub, () => now),
    pass(ms: number) {
      now += ms;
    },
  };
}

const query: AskedQuery = { ...usualQuery, view: 'users', sort: 'queue', limit: 3, filter: 'queue>0' };

describe('a view that servers are asked for', () => {
  it('is the first lines of all frontends in one order, with how many there are in all', async () => {
    const { views, asked } = askedOf({
      'connector-1': { rows: [row('a', 9), row('b', 5)], matching: 2, total: 50 },
      'connector-2': { rows: [row('c', 7), row('d', 6), row('e', 1)], matching: 30, total: 31 },
      'chat-1': { rows: [], matching: 0, total: 0 },
    });
    const { rows, matching, total, silent } = await views.ask(query);
    expect(rows.map(({ key }) => key)).toEqual(['a', 'c', 'd']);
    expect(rows[0]!.cells).not.toHaveProperty('no column');
    expect({ matching, total, silent }).toEqual({ matching: 32, total: 81, silent: [] });
    expect(asked.map(([id]) => id)).toEqual(['connector-1', 'connector-2']);
    expect(asked[0]![1]).toEqual({
      ...{ view: 'users', filter: 'queue>0', sort: 'queue', ascending: false, limit: 3, faulty: false },
    });
  });

  it.each([
    ['does not answer', 'late'],
    ['tells more lines than it was asked for', { rows: Array(4).fill(row('a', 1)), matching: 4, total: 4 }],
    ['tells a text where a number is', { rows: [row('a', 'x' as never)], matching: 1, total: 1 }],
    ['tells an endless text', { rows: [row('a'.repeat(301), 1)], matching: 1, total: 1 }],
    ['tells no numbers', { rows: [], matching: -1, total: null }],
  ])('names a server as silent that %s, and shows what others know', async (_, answer) => {
    const { views } = askedOf({
      'connector-1': { rows: [row('a', 9)], matching: 1, total: 1 },
      'connector-2': answer,
    });
    const { rows, silent, total } = await views.ask(query);
    expect(rows.map(({ key }) => key)).toEqual(['a']);
    expect({ silent, total }).toEqual({ silent: ['connector-2'], total: 1 });
  });

  it('has what a server has got to that had no time for all of it, and names it so', async () => {
    const { views } = askedOf({
      'connector-1': { rows: [row('a', 9)], matching: 40, total: 50, cut: true },
      'connector-2': { rows: [row('b', 7)], matching: 1, total: 1 },
    });
    const { rows, silent, matching } = await views.ask(query);
    expect(rows.map(({ key }) => key)).toEqual(['a', 'b']);
    expect({ silent, matching }).toEqual({ silent: ['connector-1 (some)'], matching: 41 });
  });

  it('is asked for once by all who want the same within a second', async () => {
    const { views, asked, pass } = askedOf({ 'connector-1': { rows: [], matching: 0, total: 0 } });
    await Promise.all([views.ask(query), views.ask({ ...query, window: '1h' })]);
    expect(asked).toHaveLength(1);
    await views.ask({ ...query, filter: '' });
    expect(asked).toHaveLength(2);
    pass(1000);
    await views.ask(query);
    expect(asked).toHaveLength(3);
  });
});
