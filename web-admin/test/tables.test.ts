import type { Row } from '@pomelo-ts/views';
import { usualQuery } from '@pomelo-ts/views';
import { describe, expect, it } from 'vitest';
import { actionsOn, argumentsOf, mustType, nameOf, optionsOf, type Subject } from '../src/actions/subject.js';
import type { OperationInfo } from '../src/api/answers.js';
import { eventOf, eventsBetween, eventsIn, operationEvents } from '../src/charts/events.js';
import { pathOf } from '../src/charts/path-of.js';
import { joined, mostPoints, noSeries, seriesOf, spanOf, thinned, withMoment } from '../src/charts/series.js';
import { backOffMs } from '../src/feed/feed-state.js';
import { grouped, sortedBy } from '../src/table/rows.js';

const row = (key: string, cells: Row['cells'] = {}): Row => ({
  key,
  trouble: 0,
  cells: { id: key, ...cells },
});
const info = (verb: string, properties: object, some: Partial<OperationInfo> = {}): OperationInfo => ({
  ...{ verb, effect: `does ${verb}`, changes: true, role: 'operator', needsProof: false, allowed: true },
  args: { properties: properties as Record<string, object> },
  ...some,
});
const table = [
  info('servers.restart', {
    ids: {},
    types: {},
    hosts: {},
    trial: { type: 'boolean' },
    atOnce: { type: 'integer' },
  }),
  info('servers.look', { ids: {} }, { changes: false }),
  info('servers.profile', { id: {}, wish: {} }),
  info('servers.restore', { ids: {} }),
  info('users.kick', { uid: {}, reason: { type: 'string' } }),
  info('operations.pause', { id: {}, forMs: { type: 'number' } }),
  info('servers.polish', { ids: {} }, { allowed: false }),
];
const verbs = (kind: Subject['kind']) => actionsOn(kind, table).map(({ verb }) => verb);

describe('actions', () => {
  it('are those of the table that name such a subject: a new verb needs no change here', () => {
    expect(verbs('servers')).toEqual(['servers.restart', 'servers.polish']);
    expect(verbs('users')).toEqual(['users.kick']);
    expect(verbs('operations')).toEqual(['operations.pause']);
  });

  it('have their subject as the argument that names it, and forms for what else there is', () => {
    const subject: Subject = { kind: 'servers', ids: ['a-1', 'a-2'], clients: 0 };
    expect(argumentsOf(subject)).toEqual({ ids: ['a-1', 'a-2'] });
    expect(argumentsOf({ kind: 'operations', id: 3, what: '' })).toEqual({ id: 3 });
    expect(optionsOf(table[0]!, 'servers').map(({ name }) => name)).toEqual(['trial', 'atOnce']);
    expect(nameOf({ ...subject, ids: ['a', 'b', 'c', 'd', 'e'] })).toBe('a, b, c + 2');
  });

  it('ask for what they need, and are left out where no form can ask for that', () => {
    const needing = (level: object) => ({
      ...info('servers.loglevel', {}),
      args: { properties: { ids: {}, level }, required: ['level'] },
    });
    const levels = { type: 'string', enum: ['debug', 'info'] };
    expect(optionsOf(needing(levels), 'servers')).toEqual([
      { name: 'level', schema: levels, required: true },
    ]);
    expect(actionsOn('servers', [needing(levels)])).toHaveLength(1);
    expect(actionsOn('servers', [needing({ type: 'object' })])).toEqual([]);
  });

  it('ask for the count of several, for the id of one with clients or for good, and for a button of others', () => {
    const one: Subject = { kind: 'servers', ids: ['a-1'], clients: 0 };
    const operator = { role: 'operator' };
    expect(mustType(one, operator)).toBeUndefined();
    expect(mustType({ ...one, clients: 2 }, operator)).toEqual({ what: 'id', text: 'a-1' });
    expect(mustType(one, { role: 'admin' })).toEqual({ what: 'id', text: 'a-1' });
    expect(mustType({ ...one, ids: ['a-1', 'a-2'] }, operator)).toEqual({ what: 'count', text: '2' });
    expect(mustType({ kind: 'users', uid: 'u' }, operator)).toBeUndefined();
  });
});

describe('lines of a table', () => {
  it('stand below the head of their group, which says how many they are', () => {
    const rows = [row('a', { host: 'h1' }), row('b', { host: 'h1' }), row('c')];
    const items = grouped(rows, 'host').map((item) =>
      'row' in item ? item.row.key : `${item.group} ${item.count}`,
    );
    expect(items).toEqual(['h1 2', 'a', 'b', '– 1', 'c']);
    expect(grouped(rows, undefined)).toHaveLength(3);
  });

  it('are ordered by what is largest at first, names from the beginning, and then the other way round', () => {
    const byConn = sortedBy(usualQuery, 'connections', false);
    expect(byConn).toMatchObject({ sort: 'connections', ascending: false });
    expect(sortedBy(byConn, 'connections', false)).toMatchObject({ ascending: true });
    expect(sortedBy(usualQuery, 'id', true)).toMatchObject({ sort: 'id', ascending: true });
  });
});

describe('figures over time', () => {
  it('keep as much as the master does, and nothing twice', () => {
    let series = noSeries;
    for (let n = 0; n < mostPoints + 10; n++) series = withMoment(series, n * 1000, { cpu: n });
    series = withMoment(series, 5000, { cpu: -1 });
    expect(series.times).toHaveLength(mostPoints);
    expect(series.values['cpu']!.at(-1)).toBe(mostPoints + 9);
  });

  it('have gaps where a figure was not known, also before it was known first', () => {
    const series = withMoment(withMoment(noSeries, 1000, { cpu: 1 }), 2000, { cpu: null, p99: 2 });
    expect(series.values).toEqual({ cpu: [1, null], p99: [null, 2] });
    expect(spanOf(series.values['cpu']!)).toEqual({ least: 1, most: 1, now: 1 });
    expect(spanOf([null])).toBeUndefined();
  });

  it('are those that the master remembers, and after them what came since', () => {
    const past = { at: 5_000, stepSeconds: 1, values: { cpu: [1, null, 3] }, happenings: [] };
    expect(seriesOf(past)).toEqual({ times: [3, 4, 5], values: { cpu: [1, null, 3] } });
    const later = { times: [4, 5, 6, 7], values: { cpu: [-1, -1, 6, 7], p99: [null, null, null, 9] } };
    expect(joined(seriesOf(past), later)).toEqual({
      times: [3, 4, 5, 6, 7],
      values: { cpu: [1, null, 3, 6, 7], p99: [null, null, null, null, 9] },
    });
    expect(joined(noSeries, later)).toBe(later);
    expect(joined(seriesOf(past), noSeries)).toEqual(seriesOf(past));
  });

  it('are thinned for a table, the last one staying', () => {
    const all = [1, 2, 3, 4, 5, 6, 7, 8];
    const series = { times: all, values: { a: all } };
    expect(thinned(series, 3)).toEqual({ times: [2, 5, 8], values: { a: [2, 5, 8] } });
  });

  it('are a line with gaps, the highest at the top', () => {
    expect(pathOf([0, 10, null, 5], 30, 10)).toBe('M0.0 9.0L10.0 1.0M30.0 5.0');
    expect(pathOf([null, null], 30, 10)).toBe('');
  });
});

describe('events under a chart', () => {
  it('are what has changed between two looks: state, crash, build', () => {
    const before = row('a-1', { state: 'ready', restarts: 0, build: '1' });
    const after = row('a-1', { state: 'starting', restarts: 1, build: '2' });
    expect(eventsBetween(before, after, 5).map(({ kind }) => kind)).toEqual(['crash', 'state', 'build']);
    expect(eventsBetween(undefined, after, 5)).toEqual([]);
    expect(eventsBetween(before, before, 5)).toEqual([]);
  });

  it('are operations on the server, and those that name none', () => {
    const operation = (target: string) => row(target, { begun: 1, verb: 'restart', target, by: 'ann' });
    const rows = [operation('chat-1, chat-2'), operation('gate-1'), operation('all')];
    expect(operationEvents(rows, 'chat-1').map(({ about }) => about['target'])).toEqual([
      'chat-1, chat-2',
      'all',
    ]);
    expect(operationEvents(rows)).toHaveLength(3);
  });

  it('are told once and in order, those of the time alone', () => {
    const event = (at: number) => ({ at, kind: 'crash' as const, about: { id: 'a' } });
    expect(
      eventsIn([event(3000), event(1000), event(3000), event(9000)], 1000, 5000).map(({ at }) => at),
    ).toEqual([...[1000, 3000]]);
  });

  it('are told once with why, where the master knows why and the page has seen the same on its own', () => {
    const crash = (at: number, why?: string) => ({
      ...{ at, kind: 'crash' as const },
      about: { id: 'a', ...(why !== undefined && { why }) },
    });
    const seen = [
      crash(1001),
      crash(1000, 'exit code 1'),
      crash(2000, 'it hung and was killed'),
      crash(2003),
    ];
    expect(eventsIn(seen, 0, 5000).map(({ about }) => about)).toEqual([
      { id: 'a', why: 'exit code 1' },
      { id: 'a', why: 'it hung and was killed' },
    ]);
    const happening = { at: 1, kind: 'state', id: 'a', is: 'gone', why: 'signal SIGKILL' } as const;
    expect(eventOf(happening).about).toEqual({ id: 'a', state: 'gone', why: 'signal SIGKILL' });
  });
});

describe('a lost connection', () => {
  it('is tried again after ever longer times up to 10 s, those of many apart', () => {
    const longest = [0, 1, 2, 3, 4, 5, 20].map((failures) => backOffMs(failures, () => 1));
    expect(longest).toEqual([500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
    expect(backOffMs(5, () => 0)).toBe(5000);
  });
});
