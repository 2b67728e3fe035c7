import { Measures } from '@pomelo-ts/common';
import { describe, expect, it } from 'vitest';
import type { MeasuresDelta } from '../../src/measures/delta.js';
import { DeltaReader } from '../../src/measures/delta-reader.js';
import { deltaBytes, MeasureFeed } from '../../src/measures/feed.js';
import { ToldMeasures } from '../../src/measures/told-measures.js';

const help = 'Of this test.';
/** Measures that each process has of its own measures. */
const ownCount = [...new Measures().all].length;

/** A server with some measures, and what the other end of its link knows. */
class Line {
  readonly measures = new Measures();
  readonly runs = this.measures.make({ kind: 'counter', name: 'a.runs', help });
  readonly routes = this.measures.make({
    kind: 'histogram',
    name: 'a.routes',
    help,
    unit: 'seconds',
    open: { label: 'route', most: 100 },
    closed: { label: 'code', values: ['ok', 'error'] },
  });
  readonly told = new ToldMeasures();
  feed = new MeasureFeed(this.measures);
  reader = new DeltaReader(this.told);

  /** The link broke, and another one stands. */
  relink(): void {
    this.feed = new MeasureFeed(this.measures);
    this.reader = new DeltaReader(this.told);
  }

  /** What is sent, as it comes out of JSON. */
  next(): MeasuresDelta | undefined {
    const delta = this.feed.delta();
    return delta && JSON.parse(JSON.stringify(delta));
  }

  pass(): MeasuresDelta | undefined {
    const delta = this.next();
    if (delta) this.reader.read(delta);
    return delta;
  }

  rowOf(name: string, value: string): readonly number[] {
    const measure = [...this.told.all].find(({ definition }) => definition.name === name);
    return [...measure!.rows.get(value)!];
  }
}

describe('the measures of a server, told over its link', () => {
  it('are whole once each was told, however many messages that takes, and stay so with the next link', () => {
    const line = new Line();
    for (let n = 0; n < 100; n++) line.routes.of(`some.long.route${n}`).ok.observe(n);
    line.feed = new MeasureFeed(line.measures, 2000);
    let messages = 0;
    for (; !line.told.whole && messages < 1000; messages++) {
      const more = line.pass()?.more;
      expect(more).toBe(line.told.whole ? undefined : true);
    }
    expect(messages).toBeGreaterThan(5);
    expect([
      ...[...line.told.all].find(({ definition }) => definition.name === 'a.routes')!.rows.keys(),
    ]).toHaveLength(101);
    line.routes.of('one.more').ok.observe(1);
    expect(line.pass()).not.toHaveProperty('more');
    line.relink();
    line.feed = new MeasureFeed(line.measures, 2000);
    expect(line.pass()).toMatchObject({ more: true });
    expect(line.told.whole).toBe(true);
  });

  it('are whole though the last of them are all 0 and need not be told', () => {
    const line = new Line();
    line.runs.add(1);
    for (let n = 0; n < 20; n++) line.routes.of(`route${n}`);
    line.feed = new MeasureFeed(line.measures, 200);
    for (let n = 0; n < 100 && !line.told.whole; n++) line.pass();
    expect(line.told.whole).toBe(true);
    expect(line.next()).toBeUndefined();
  });

  it('are told once, and later only what has changed', () => {
    const line = new Line();
    line.runs.add(3);
    line.routes.of('a.b.c').error.observe(0.003);
    const first = line.pass()!;
    expect(first.made).toHaveLength(ownCount + 2);
    expect(line.told.counts()).toEqual({ 'a.runs': 3 });
    const { buckets, sum } = line.routes.of('a.b.c').error;
    expect(line.rowOf('a.routes', 'a.b.c')).toEqual([...new Array(16).fill(0), ...buckets, sum]);
    expect(line.pass()).toBeUndefined();
    line.runs.add();
    expect(line.pass()).toEqual({ slots: [[ownCount, 0, 4]] });
    expect(line.told.counts()).toEqual({ 'a.runs': 4 });
  });

  it('lose nothing with a link that breaks, and count nothing twice', () => {
    const line = new Line();
    line.runs.add(3);
    line.pass();
    line.runs.add(2);
    line.next(); // is lost
    line.relink();
    line.runs.add();
    const repeated = line.pass()!;
    expect(line.told.counts()).toEqual({ 'a.runs': 6 });
    new DeltaReader(line.told).read(repeated); // over another link again
    expect(line.told.counts()).toEqual({ 'a.runs': 6 });
  });

  it('come over a new link in another order and are the same', () => {
    const line = new Line();
    line.routes.of('one').ok.observe(1);
    line.pass();
    line.measures.make({ kind: 'counter', name: 'a.late', help }).add(9);
    line.routes.of('two').ok.observe(1);
    line.pass();
    const before = ['one', 'two', 'other'].map((value) => line.rowOf('a.routes', value));
    line.relink();
    line.pass();
    expect(['one', 'two', 'other'].map((value) => line.rowOf('a.routes', value))).toEqual(before);
    expect(line.told.counts()).toEqual({ 'a.late': 9 });
  });

  it('are exact up to 2^53', () => {
    const line = new Line();
    line.runs.add(2 ** 53 - 1);
    line.pass();
    expect(line.told.counts()).toEqual({ 'a.runs': 2 ** 53 - 1 });
  });

  it('tell a gauge that is not known, and its value once it is', () => {
    const line = new Line();
    let rooms = Number.NaN;
    line.measures.make({ kind: 'gauge', name: 'a.rooms', help }, { read: () => rooms });
    line.pass();
    expect(line.rowOf('a.rooms', '')).toEqual([Number.NaN]);
    rooms = -4;
    line.pass();
    expect(line.rowOf('a.rooms', '')).toEqual([-4]);
  });

  it('are cut into pieces of bounded size, and all arrive though many change all the time', () => {
    const line = new Line();
    const many = line.measures.make({
      kind: 'histogram',
      name: 'a.many',
      help,
      unit: 'seconds',
      open: { label: 'route', most: 1000 },
    });
    const routes = Array.from({ length: 1000 }, (_, i) => many.of(`type.handler.method${i}`));
    let longest = 0;
    let pieces = 0;
    for (let told = false; !told && pieces < 100; pieces++) {
      for (const [i, route] of routes.entries()) if (i < 500 || pieces === 0) route.observe(i);
      longest = Math.max(longest, JSON.stringify(line.pass()).length);
      told = [...line.told.all].some(({ rows }) => rows.get('type.handler.method999')?.at(-1) === 999);
    }
    expect(pieces).toBeGreaterThan(2);
    expect(pieces).toBeLessThan(10);
    expect(longest).toBeLessThan(deltaBytes + 1024);
    while (line.pass() !== undefined);
    for (const [i, { count }] of routes.entries()) {
      const row = line.rowOf('a.many', `type.handler.method${i}`);
      expect(row.slice(0, 15).reduce((a, b) => a + b)).toBe(count);
    }
  });
});

describe('DeltaReader', () => {
  const definition = { kind: 'counter', name: 'a.b', help };
  const made = [[0, definition, 'game']];

  it.each<[string, unknown]>([
    ['no object', []],
    ['a measure far from the others', { made: [[7, definition, 'game']] }],
    ['an owner that is none', { made: [[0, definition, 'root']] }],
    ['a kind that is none', { made: [[0, { ...definition, kind: 'x' }, 'game']] }],
    ['a measure that was told before', { made: [...made, [0, definition, 'game']] }],
    [
      'a row that was told before',
      {
        made,
        rows: [
          [0, 0, ''],
          [0, 0, ''],
        ],
      },
    ],
    ['rows without end', { made, rows: Array.from({ length: 20_001 }, (_, i) => [i, 0, '']) }],
    ['numbers without end', { made, rows: [[0, 0, '']], slots: [[0, ...new Array(200_002).fill(0)]] }],
    ['a row of no measure', { rows: [[0, 0, '']] }],
    ['a value where there is no label', { made, rows: [[0, 0, 'x']] }],
    ['a slot beyond the last', { made, rows: [[0, 0, '']], slots: [[0, 1, 1]] }],
    ['a slot that is none', { made, rows: [[0, 0, '']], slots: [[0, '__proto__', 1]] }],
    ['half a pair', { made, rows: [[0, 0, '']], slots: [[0, 0]] }],
  ])('takes nothing that makes no sense: %s', (_what, delta) => {
    expect(() => new DeltaReader(new ToldMeasures()).read(delta)).toThrow();
  });

  const closedBy = (label: string) => ({ ...definition, closed: { label, values: ['x'] } });

  it.each<[string, object, 'game' | 'pomelo']>([
    ['a name that breaks lines', { ...definition, name: 'a\nb 1' }, 'game'],
    ['a label that breaks lines', closedBy('a"'), 'game'],
    ['a label that the master adds', closedBy('type'), 'game'],
    ['a standard name of a game', { ...definition, name: 'process.cpu', standard: true }, 'game'],
    ['that it leads', { ...definition, kind: 'gauge', name: 'leader' }, 'pomelo'],
    ['of the links of the master', { ...definition, name: 'link.opened' }, 'pomelo'],
    ['of the admin of the master', { ...definition, name: 'admin.signInFailures' }, 'pomelo'],
    ['of its process in another shape', { ...definition, name: 'eventloop.utilization' }, 'pomelo'],
    ['that it is up', { ...definition, kind: 'gauge', name: 'server.up' }, 'pomelo'],
    ['its texts are endless', { ...definition, help: 'x'.repeat(5_000_000) }, 'game'],
  ])('leaves out and counts what cannot be told to others, and takes the rest: %s', (_what, odd, owner) => {
    const told = new ToldMeasures();
    const reader = new DeltaReader(told);
    const rows = [
      [0, 0, ''],
      [1, 1, ''],
    ];
    reader.read({
      made: [
        [0, odd, owner],
        [1, definition, 'game'],
      ],
      rows,
      slots: [
        [0, 0, 5],
        [1, 0, 7],
      ],
    });
    expect(told.counts()).toEqual({ 'a.b': 7 });
    expect([...told.all]).toHaveLength(1);
    expect(told.leftOut).toBe(1);
  });

  it('takes no number that is none, and ends no link for it: an honest game may have told it', () => {
    const told = new ToldMeasures();
    const reader = new DeltaReader(told);
    reader.read({ made, rows: [[0, 0, '']], slots: [[0, 0, 3]] });
    for (const none of [null, -1, 'x', { a: 1 }]) reader.read({ slots: [[0, 0, none]] });
    expect(told.counts()).toEqual({ 'a.b': 3 });
    expect(told.leftOut).toBe(4);
  });

  it('looks at the values of a definition once, however many rows have it', () => {
    const values = Array.from({ length: 10 }, (_, i) => `v${i}`);
    let looks = 0;
    const watched = new Proxy(values, {
      get: (target, key, receiver) => {
        if (key === 'length') looks++;
        return Reflect.get(target, key, receiver);
      },
    });
    const told = new ToldMeasures();
    const open = { label: 'x', most: 1000 };
    const measure = told.measureOf(
      { kind: 'counter', name: 'a.b', help, open, closed: { label: 'y', values: watched } },
      'game',
    )!;
    const before = looks;
    for (let i = 0; i < 1000; i++) told.rowOf(measure, `x${i}`, 10);
    expect(looks).toBe(before);
    expect(measure.rows.size).toBe(1000);
  });

  it('keeps no more text than a few MiB of one life', () => {
    const told = new ToldMeasures();
    const reader = new DeltaReader(told);
    const values = Array.from({ length: 1000 }, (_, i) => `${i}`.padEnd(200, 'x'));
    const many = Array.from({ length: 40 }, (_, i) => [
      i,
      { ...definition, name: `a.b${i}`, closed: { label: 'y', values } },
      'game',
    ]);
    reader.read({ made: many });
    expect([...told.all]).toHaveLength(20);
    expect(told.leftOut).toBe(20);
  });

  it('keeps no more numbers than a server may have', () => {
    const told = new ToldMeasures();
    const reader = new DeltaReader(told);
    const times = { kind: 'histogram', name: 'a.b', help, unit: 'seconds', open: { label: 'x', most: 1000 } };
    const closed = { label: 'y', values: Array.from({ length: 100 }, (_, i) => `v${i}`) };
    reader.read({ made: [[0, { ...times, closed }, 'game']] });
    const rows = Array.from({ length: 100 }, (_, i) => [i, 0, `x${i}`]);
    reader.read({ rows });
    expect([told.slots, told.leftOut]).toEqual([99_200, 60_800]);
  });
});
