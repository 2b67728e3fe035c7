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
      const known = answers[id];
      const answer = typeof known === 'function' ? known((args as { readonly limit: number }).limit) : known;
      if (answer === 'late') throw new Error('it did not answer within 500 ms');
      return read(answer);
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

  it('has the next lines of others in place of those of a server whose line makes no sense, and reads none that is not shown', async () => {
    const wrong = row('z', 8, 'x' as never);
    const odd = { ...row('y', 0), cells: { ...row('y', 0).cells, uid: 7 } };
    const { views } = askedOf({
      'connector-1': { rows: [row('a', 9), row('b', 5), row('c', 4)], matching: 3, total: 3 },
      'connector-2': {
        rows: [{ ...row('w', 8), cells: { ...row('w', 8).cells, uid: 7 } }],
        matching: 1,
        total: 1,
      },
      'connector-3': { rows: [wrong], matching: 1, total: 1 },
      'connector-4': { rows: [odd], matching: 1, total: 1 },
    });
    const { rows, silent, total } = await views.ask(query);
    expect(rows.map(({ key }) => key)).toEqual(['a', 'b', 'c']);
    expect({ silent, total }).toEqual({ silent: ['connector-2', 'connector-3'], total: 4 });
  });

  it('asks each server for about its share, and those again for all whose next lines may be among the first', async () => {
    const many = (name: string, from: number) =>
      Array.from({ length: 100 }, (_, n) => row(`${name}${String(n).padStart(3, '0')}`, from - n));
    const answer = (rows: readonly object[]) => (limit: number) => ({
      ...{ rows: rows.slice(0, limit), matching: rows.length, total: rows.length },
    });
    const { views, asked } = askedOf({
      'connector-1': answer(many('a', 10_000)),
      'connector-2': answer(many('b', 500)),
      'connector-3': answer(many('c', 400)),
      'connector-4': answer(many('d', 300)),
      'connector-5': answer(many('e', 9980)),
    });
    const { rows, matching, silent } = await views.ask({ ...query, limit: 100 });
    const expected = [...many('a', 10_000), ...many('e', 9980)].sort((a, b) => b.cells.queue - a.cells.queue);
    expect(rows.map(({ cells }) => cells['queue'])).toEqual(
      expected.slice(0, 100).map(({ cells }) => cells.queue),
    );
    expect({ matching, silent }).toEqual({ matching: 500, silent: [] });
    const limits = asked.map(([id, args]) => [id, (args as { limit: number }).limit]);
    expect(limits.slice(0, 5).map(([, limit]) => limit)).toEqual(Array(5).fill(48));
    expect(limits.slice(5)).toEqual([
      ['connector-1', 100],
      ['connector-5', 100],
    ]);
  });

  it('has what a server told at first that does not answer once more, and names it so', async () => {
    const lines = Array.from({ length: 20 }, (_, n) => row(`a${n}`, 100 - n));
    const { views } = askedOf({
      'connector-1': (limit: number) =>
        limit === 20 ? 'late' : { rows: lines.slice(0, limit), matching: 20, total: 20 },
      ...Object.fromEntries(
        Array.from({ length: 4 }, (_, n) => [`connector-${n + 2}`, { rows: [], matching: 0, total: 0 }]),
      ),
    });
    const { rows, silent, matching } = await views.ask({ ...query, limit: 20 });
    expect([rows.length, matching, silent]).toEqual([16, 20, ['connector-1 (some)']]);
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
