import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  applyDelta,
  columnsOf,
  deltaOf,
  type Page,
  type Row,
  type Summary,
  select,
  usualQuery,
} from '../src/index.js';

const row = (key: string, connections: number | null, more: Partial<Row> = {}): Row => ({
  key,
  trouble: 0,
  cells: { id: key, type: key.split('-')[0]!, connections },
  ...more,
});
const rows = [
  row('chat-10', 5, { growth: { connections: 4 } }),
  row('chat-2', null, { trouble: 10 }),
  row('gate-1', 7, { growth: { connections: -1 } }),
  row('chat-1', 7, { trouble: 100, growth: { connections: 1 } }),
];
const all = () => true;
const keys = (query: Partial<typeof usualQuery> & { readonly group?: 'type' }, filter = all) =>
  select(rows, { ...usualQuery, ...query }, columnsOf('servers'), filter).rows.map(({ key }) => key);

describe('the lines of a page', () => {
  it('are those with most trouble first, and else in the order of their names, numbers as numbers', () => {
    expect(keys({})).toEqual(['chat-1', 'chat-2', 'chat-10', 'gate-1']);
  });

  it('are sorted by a column, what is not known last in both directions', () => {
    expect(keys({ sort: 'connections' })).toEqual(['chat-1', 'gate-1', 'chat-10', 'chat-2']);
    expect(keys({ sort: 'connections', ascending: true })).toEqual(['chat-10', 'chat-1', 'gate-1', 'chat-2']);
  });

  it('are sorted by how much a column has grown', () => {
    expect(keys({ sort: 'connections', growth: true })).toEqual(['chat-10', 'chat-1', 'gate-1', 'chat-2']);
  });

  it('stand together by what they are grouped by', () => {
    expect(keys({ sort: 'connections', group: 'type' })).toEqual(['chat-1', 'chat-10', 'chat-2', 'gate-1']);
    expect(keys({ sort: 'connections', ascending: true, group: 'type' })).toEqual([
      'chat-10',
      'chat-1',
      'chat-2',
      'gate-1',
    ]);
  });

  it('are cut after those that were asked for, and those that match are counted', () => {
    const { rows: shown, matching } = select(
      rows,
      { ...usualQuery, limit: 1 },
      columnsOf('servers'),
      ({ key }) => key.startsWith('chat'),
    );
    expect([shown.map(({ key }) => key), matching]).toEqual([['chat-1'], 3]);
  });

  it('are only those in trouble when that is asked for', () => {
    expect(keys({ faulty: true })).toEqual(['chat-1', 'chat-2']);
  });
});

const summary = { env: 'test', online: 1 } as unknown as Summary;
const pages = fc
  .record({
    at: fc.nat(),
    rows: fc.uniqueArray(
      fc.record({
        key: fc.constantFrom('a', 'b', 'c', 'd', '__proto__'),
        trouble: fc.nat(3),
        cells: fc.record({ id: fc.constantFrom('x', 'y'), connections: fc.option(fc.nat(3)) }),
      }),
      { selector: ({ key }) => key },
    ),
    matching: fc.nat(5),
    total: fc.nat(5),
    silent: fc.array(fc.constantFrom('a', 'b'), { maxLength: 2 }),
    online: fc.nat(2),
  })
  .map(({ online, ...page }): Page => ({ ...page, summary: { ...summary, online } }));

describe('a delta', () => {
  it('makes of the page before the one after, whatever they are', () => {
    fc.assert(
      fc.property(fc.array(pages, { minLength: 1, maxLength: 5 }), (all) => {
        let there: Page | undefined;
        let here: Page | undefined;
        for (const page of all) {
          const sent = JSON.parse(JSON.stringify(deltaOf(there, page)));
          here = applyDelta(here, sent);
          there = page;
          expect(here).toEqual(page);
        }
      }),
    );
  });

  it('of what has not changed says only when that was', () => {
    const page: Page = { at: 1, rows, matching: 4, total: 4, silent: [], summary };
    expect(deltaOf(page, { ...page, at: 2 })).toEqual({ at: 2 });
  });

  it('that is none of its page is told from one that is', () => {
    expect(() => applyDelta(undefined, { at: 1 })).toThrow('the first delta is not whole');
    const page: Page = { at: 1, rows: [], matching: 0, total: 0, silent: [], summary };
    expect(() => applyDelta(page, { at: 2, order: ['a'] })).toThrow('names a, which was not told before');
  });
});

describe('a selection', () => {
  it('keeps the very lines that sorting all of them would show first, whatever comes in which order', () => {
    const cells = fc.record({ connections: fc.option(fc.nat(20)), type: fc.constantFrom('chat', 'gate') });
    const all = fc.uniqueArray(fc.tuple(fc.nat(200), cells), { selector: ([id]) => id, maxLength: 60 });
    fc.assert(
      fc.property(all, fc.integer({ min: 1, max: 20 }), fc.boolean(), (list, limit, ascending) => {
        const given = list.map(([id, some]) => ({ key: `chat-${id}`, trouble: id % 3, cells: some }));
        for (const sort of ['trouble', 'connections', 'type']) {
          const query = { ...usualQuery, sort, ascending };
          const { rows: whole } = select(given, { ...query, limit: 1000 }, columnsOf('servers'), () => true);
          const { rows: first, matching } = select(
            given,
            { ...query, limit },
            columnsOf('servers'),
            () => true,
          );
          expect(first.map(({ key }) => key)).toEqual(whole.slice(0, limit).map(({ key }) => key));
          expect(matching).toBe(given.length);
        }
      }),
    );
  });
});
