import { describe, expect, it } from 'vitest';
import { bucketEdges, exposedName, type MeasureDefinition, Measures } from '../../src/index.js';
import { countEdges, mostMeasures } from '../../src/measures.js';

const help = 'Of this test.';

describe('Counter', () => {
  it('counts beyond 32 bits, and stands still where a double has no next whole number', () => {
    const counter = new Measures().make({ kind: 'counter', name: 'a.b', help });
    counter.add(2 ** 31 - 1);
    counter.add();
    counter.add();
    expect(counter.value).toBe(2 ** 31 + 1);
    counter.add(2 ** 53 - counter.value);
    counter.add();
    expect(counter.value).toBe(2 ** 53);
    counter.add(10);
    expect(counter.value).toBe(2 ** 53 + 10);
  });

  it('never falls', () => {
    const counter = new Measures().make({ kind: 'counter', name: 'a.b', help });
    counter.add(3);
    expect(() => counter.add(-1)).toThrow('a counter rises by 0 or more, and not by -1');
    expect(() => counter.add(Number.NaN)).toThrow(RangeError);
    expect(() => counter.add(Number.POSITIVE_INFINITY)).toThrow(RangeError);
    expect(counter.value).toBe(3);
  });
});

describe('Histogram', () => {
  const histogram = () => new Measures().make({ kind: 'histogram', name: 'a.b', help, unit: 'seconds' });

  it('has 14 edges from 1 ms to 10 s, each about twice the one before', () => {
    expect([bucketEdges.length, bucketEdges[0], bucketEdges.at(-1)]).toEqual([14, 0.001, 10]);
    for (let i = 1; i < bucketEdges.length; i++) {
      const factor = bucketEdges[i]! / bucketEdges[i - 1]!;
      expect(factor).toBeGreaterThan(1.8);
      expect(factor).toBeLessThan(2.6);
    }
  });

  it('puts what is on an edge below it, and what is beyond the last one into a bucket of its own', () => {
    const times = histogram();
    for (const edge of bucketEdges) times.observe(edge);
    expect(times.buckets).toEqual([...bucketEdges.map(() => 1), 0]);
    for (const edge of bucketEdges) times.observe(edge + 1e-9);
    expect(times.buckets).toEqual([1, ...bucketEdges.slice(1).map(() => 2), 1]);
    times.observe(0);
    times.observe(3600);
    expect([times.buckets[0], times.buckets.at(-1), times.count]).toEqual([2, 2, 30]);
    expect(times.sum).toBeCloseTo(3600 + 2 * bucketEdges.reduce((sum, edge) => sum + edge, 0), 6);
  });
});

describe('Histogram of counts', () => {
  const counts = () => new Measures().make({ kind: 'histogram', name: 'a.b', help });

  it('has as many edges as one of durations, from 0 to 10,000, and takes what is on an edge below it', () => {
    expect([countEdges.length, countEdges[0], countEdges.at(-1)]).toEqual([bucketEdges.length, 0, 10_000]);
    const sizes = counts();
    for (const edge of countEdges) sizes.observe(edge);
    expect(sizes.buckets).toEqual([...countEdges.map(() => 1), 0]);
    for (const edge of countEdges) sizes.observe(edge + 1);
    expect([sizes.buckets.at(-1), sizes.count]).toEqual([1, 28]);
    expect(sizes.sum).toBe(14 + 2 * countEdges.reduce<number>((sum, edge) => sum + edge, 0));
  });

  it('is of the framework alone: a game that forgets the unit hears of it', () => {
    expect(() => new Measures().make({ kind: 'histogram', name: 'a.b', help }, { owner: 'game' })).toThrow(
      'unit must be seconds',
    );
    expect(() => new Measures().make({ kind: 'histogram', name: 'a.b', help, unit: 'bytes' })).toThrow(
      'unit must be seconds',
    );
  });
});

describe('Measures', () => {
  it('drops and counts what is no duration', () => {
    const measures = new Measures();
    const times = measures.make({ kind: 'histogram', name: 'a.b', help, unit: 'seconds' });
    for (const none of [Number.NaN, -0.005, Number.POSITIVE_INFINITY]) times.observe(none);
    times.observe(0.5);
    measures.refresh();
    expect([times.count, times.sum]).toEqual([1, 0.5]);
    expect(measures.counts()).toEqual({ 'measures.dropped': 3 });
  });

  it('keeps a counter as it was when its function gives no count', () => {
    const measures = new Measures();
    let value = 7;
    const counter = measures.make({ kind: 'counter', name: 'a.b', help }, { read: () => value });
    for (const next of [7, Number.NaN, -1, Number.POSITIVE_INFINITY]) {
      value = next;
      measures.refresh();
    }
    expect(counter.value).toBe(7);
    expect(measures.counts()).toMatchObject({ 'measures.failedReads': 3 });
  });

  it('tells once of a function that throws or gives no value, and again after it has worked', () => {
    const told: string[] = [];
    const measures = new Measures({ onFailedRead: (name, error) => told.push(`${name}: ${error}`) });
    let read = (): number => {
      throw new Error('no rooms');
    };
    measures.make({ kind: 'gauge', name: 'hall.rooms', help }, { read: () => read() });
    measures.make({ kind: 'counter', name: 'hall.rounds', help }, { read: () => -1 });
    const fails = read;
    for (const next of [fails, fails, () => 3, fails]) {
      read = next;
      measures.refresh();
    }
    expect(told).toEqual([
      'hall.rooms: Error: no rooms',
      'hall.rounds: Error: expected a number from 0 up, got -1',
      'hall.rooms: Error: no rooms',
    ]);
  });

  it('has a handle for each value of a closed label', () => {
    const measures = new Measures();
    const ends = measures.make({
      kind: 'counter',
      name: 'round.ends',
      help,
      closed: { label: 'how', values: ['won', 'drawn'] },
    });
    ends.drawn.add(2);
    ends.won.add();
    expect(measures.counts()).toEqual({ 'round.ends.won': 1, 'round.ends.drawn': 2 });
  });

  it('puts values of an open label that are too many, too long, empty or none into one', () => {
    const measures = new Measures();
    const routes = measures.make({
      kind: 'counter',
      name: 'a.routes',
      help,
      open: { label: 'route', most: 2 },
      closed: { label: 'code', values: ['ok', 'error'] },
    });
    for (const route of ['', 'x'.repeat(201), 'a', 'b', 'c', 'a', '__proto__']) routes.of(route).ok.add();
    for (const none of [undefined, null, 5, {}]) routes.of(none as never).ok.add();
    routes.other.error.add();
    measures.refresh();
    expect(measures.counts()).toEqual({
      'measures.overflowed': 8,
      'a.routes.a.ok': 2,
      'a.routes.b.ok': 1,
      'a.routes.other.ok': 8,
      'a.routes.other.error': 1,
    });
    expect(routes.of('a')).toBe(routes.of('a'));
  });

  it('keeps the handle of a definition that was there before, so that a reload goes on counting', () => {
    const measures = new Measures();
    const definition = { kind: 'counter', name: 'a.b', help } as const;
    measures.make(definition).add();
    measures.make({ ...definition, help: 'In other words.' }).add();
    expect(measures.counts()).toEqual({ 'a.b': 2 });
  });

  it('asks the function of a gauge when its measures are told, the newest one after a reload, and survives one that throws', () => {
    const measures = new Measures();
    const definition = { kind: 'gauge', name: 'a.rooms', help } as const;
    let rooms = 1;
    const gauge = measures.make(definition, { read: () => rooms });
    measures.refresh();
    rooms = 5;
    expect(gauge.value).toBe(1);
    measures.refresh();
    expect(gauge.value).toBe(5);
    measures.make(definition, {
      read: () => {
        throw new Error('the rooms are gone');
      },
    });
    measures.refresh();
    expect(gauge.value).toBeNaN();
    expect(measures.counts()).toEqual({ 'measures.failedReads': 1 });
  });

  it.each<[string, Partial<MeasureDefinition>, string]>([
    ['a name with a blank', { name: 'a b' }, 'a name is words in camelCase'],
    ['a name that is too long', { name: 'a'.repeat(101) }, 'a name is words in camelCase'],
    ['no help', { help: '' }, 'it needs a help text'],
    ['a histogram of bytes', { kind: 'histogram', unit: 'bytes' }, 'a histogram is of durations'],
    [
      'a label without a bound',
      { open: { label: 'a', most: Number.POSITIVE_INFINITY } },
      'open.most must be',
    ],
    ['a label without values', { closed: { label: 'a', values: [] } }, 'closed.values must be'],
    [
      'one label twice',
      { open: { label: 'a', most: 1 }, closed: { label: 'a', values: ['x'] } },
      'labels are words',
    ],
    ['one value twice', { closed: { label: 'a', values: ['x', 'x'] } }, 'closed.values must be words, each'],
    ...['server', 'type', 'host', 'group', 'le', 'quantile'].map(
      (label): [string, Partial<MeasureDefinition>, string] => [
        `the label ${label}, which is not its own`,
        { open: { label, most: 5 } },
        `name yours otherwise, such as ${label}Of`,
      ],
    ),
    ['a function inside of it', { read: () => 3 } as object, 'its value is the second argument'],
    ['a name that is none', { name: undefined } as object, 'a name is words in camelCase'],
    ['a unit that is none', { unit: 'ms' } as object, 'unit must be seconds or bytes'],
    ['a unit of null', { unit: null } as object, 'unit must be seconds or bytes'],
    ['an open label without a name', { open: { most: 5 } } as object, 'labels are words'],
    ['a closed label without a name', { closed: { values: ['x'] } } as object, 'labels are words'],
    ['a label that is too long', { open: { label: 'a'.repeat(101), most: 5 } }, 'labels are words'],
    ['a label of null', { open: null } as object, 'open and closed have a label each'],
    ['values that are no list', { closed: { label: 'a', values: 'xy' } } as object, 'closed.values must be'],
    ['values that are no words', { closed: { label: 'a', values: [1] } } as object, 'closed.values must be'],
    ['what it does not have', { labels: ['a'] } as object, 'a definition has no labels; it has kind, name'],
  ])('refuses %s', (_what, part, reason) => {
    const make = () => new Measures().make({ kind: 'counter', name: 'a.b', help, ...part });
    expect(make).toThrow(reason);
    expect(make).toThrow(expect.objectContaining({ code: 'MEASURE_INVALID' }));
  });

  it('refuses another measure of a known name, and more than it may have', () => {
    const measures = new Measures();
    measures.make({ kind: 'counter', name: 'a.b', help });
    const other = () => measures.make({ kind: 'gauge', name: 'a.b', help });
    expect(other).toThrow(
      /there is one of this name that is something else; .* takes a restart \(pomelo-ts restart\)/,
    );
    const many = () => {
      for (let i = 0; i < mostMeasures; i++) measures.make({ kind: 'counter', name: `a.b${i}`, help });
    };
    expect(many).toThrow(`there are ${mostMeasures} already`);
  });

  it('leaves room for those of the framework, whatever a game makes', () => {
    const measures = new Measures();
    const many = () => {
      for (let i = 0; ; i++) measures.make({ kind: 'counter', name: `a.b${i}`, help }, { owner: 'game' });
    };
    expect(many).toThrow('the game has made 400 already');
    measures.make({ kind: 'counter', name: 'process.last', help });
  });

  it('is what it was when it was made, whatever becomes of the given definition', () => {
    const values = ['gold'];
    const definition = { kind: 'counter', name: 'a.b', help, closed: { label: 'of', values } } as const;
    const measures = new Measures();
    measures.make(definition);
    values.push('gem');
    const [kept] = [...measures.all].filter(({ definition: { name } }) => name === 'a.b');
    expect(kept!.definition.closed!.values).toEqual(['gold']);
    expect(() => measures.make(definition)).toThrow('there is one of this name that is something else');
  });
});

it('exposes names by the conventions of Prometheus', () => {
  const name = (definition: Omit<MeasureDefinition, 'help'>) =>
    exposedName({ ...definition, help }, 'pomelo');
  expect(name({ kind: 'counter', name: 'client.timedOut' })).toBe('pomelo_client_timed_out_total');
  expect(name({ kind: 'gauge', name: 'client.connected' })).toBe('pomelo_client_connected');
  expect(name({ kind: 'histogram', name: 'request.duration', unit: 'seconds' })).toBe(
    'pomelo_request_duration_seconds',
  );
});
