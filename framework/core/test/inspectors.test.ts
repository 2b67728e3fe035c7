import { describe, expect, it } from 'vitest';
import { Inspectors } from '../src/application/inspectors.js';
import { thingHere, thingsHere } from '../src/server/looking/inspected.js';

const one = { ids: () => ['b', 'a'], inspect: (id: string) => ({ id }) };
const logged: object[] = [];
const appOf = (inspectors: Inspectors) =>
  ({
    registrations: { inspectors },
    logger: { error: (_, facts) => void logged.push(facts ?? {}) },
  }) as Parameters<typeof thingsHere>[0];

describe('what a game lets operators look at', () => {
  it.each([
    ['', one, 'expected a text that is not empty'],
    [5, one, 'expected a text'],
    ['room', null, 'expected functions as ids and inspect'],
    ['room', { ids: () => [] }, 'expected functions as ids and inspect'],
    ['room', { ...one, redact: 'cards' }, 'expected names as redact'],
  ])('is refused where it makes no sense: %j %j', (kind, inspector, reason) => {
    expect(() => new Inspectors().add(kind as string, inspector as never)).toThrow(reason);
  });

  it('has one inspector of a kind', () => {
    const inspectors = new Inspectors();
    inspectors.add('room', one);
    expect(() => inspectors.add('room', one)).toThrow('there is one of this kind already');
  });

  it('is told in the order of ids, counts those that are not told, and passes over what is no id', async () => {
    const inspectors = new Inspectors();
    const ids = () => ['b', 'a', 'c', 5 as never, '', 'x'.repeat(300)];
    inspectors.add('room', { ...one, ids });
    inspectors.add('party', { ...one, ids: () => [] });
    expect(await thingsHere(appOf(inspectors), { prefix: '', limit: 2 })).toEqual({
      kinds: [
        { kind: 'party', ids: [], total: 0 },
        { kind: 'room', ids: ['a', 'b'], total: 4 },
      ],
    });
    expect(await thingsHere(appOf(inspectors), { kind: 'none', prefix: '', limit: 2 })).toEqual({
      kinds: [],
    });
  });

  it('is shown without what its name or the game says is secret, at any depth', async () => {
    const inspectors = new Inspectors();
    const state = { cards: [1], players: [{ password: 'x', hand: { cards: 2 } }], seen: undefined };
    inspectors.add('room', { ...one, inspect: () => state, redact: ['cards'] });
    expect(await thingHere(appOf(inspectors), { kind: 'room', id: 'a' })).toEqual({
      found: true,
      json: '{"cards":"***","players":[{"password":"***","hand":{"cards":"***"}}]}',
      cut: false,
    });
    expect(await thingHere(appOf(inspectors), { kind: 'party', id: 'a' })).toEqual({ found: false });
  });

  it('is gone through for a bounded time, and for one who asks at a time, where ids have no end', async () => {
    const inspectors = new Inspectors();
    let given = 0;
    inspectors.add('endless', {
      ...one,
      *ids() {
        for (;;) yield `r${given++}`;
      },
    });
    inspectors.add('room', one);
    const app = appOf(inspectors);
    const { kinds } = await thingsHere(app, { prefix: '', limit: 3 });
    expect(kinds).toMatchObject([
      { kind: 'endless', ids: ['r0', 'r1', 'r10'], more: true },
      { kind: 'room', ids: ['a', 'b'], total: 2 },
    ]);
    expect(given).toBeLessThanOrEqual(200_001);
    const before = given;
    const asked = Array.from({ length: 50 }, () => thingsHere(app, { prefix: 'none', limit: 3 }));
    const ended = await Promise.allSettled(asked);
    expect(ended.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(0);
    expect(given - before).toBeLessThanOrEqual(ended.length * 200_001);
    await new Promise((resolve) => setImmediate(resolve));
    const after = given;
    await new Promise((resolve) => setImmediate(resolve));
    expect(given).toBe(after);
  });

  it('has the kinds beside one whose game throws, which is told and logged', async () => {
    const inspectors = new Inspectors();
    inspectors.add('room', one);
    inspectors.add('broken', {
      ...one,
      ids: () => {
        throw new Error('not yet');
      },
    });
    expect(await thingsHere(appOf(inspectors), { prefix: '', limit: 5 })).toEqual({
      kinds: [
        { kind: 'broken', ids: [], total: 0, problem: 'not yet' },
        { kind: 'room', ids: ['a', 'b'], total: 2 },
      ],
    });
    expect(logged).toMatchObject([{ kind: 'broken', error: new Error('not yet') }]);
  });

  const shownOf = async (state: unknown, redact: readonly string[] = []) => {
    const inspectors = new Inspectors();
    inspectors.add('room', { ...one, inspect: () => state, redact });
    const told = await thingHere(appOf(inspectors), { kind: 'room', id: 'a' });
    return told.found ? JSON.parse(told.json) : undefined;
  };

  it('is shown with its maps, sets and big integers, and names are hidden however they are written', async () => {
    const members = new Map<unknown, unknown>([
      ['ann', { seat: 1, Cards: [7] }],
      [2, new Set(['x'])],
      ['password', 'p'],
    ]);
    expect(await shownOf({ members, id: 12n, at: 'redis://me:pw@host/0' }, ['cards'])).toEqual({
      members: { 2: ['x'], ann: { seat: 1, Cards: '***' }, password: '***' },
      id: '12n',
      at: 'redis://***@host/0',
    });
  });

  it('is refused where it has too many values to be gone through at once', async () => {
    const wide = Object.fromEntries(Array.from({ length: 60_000 }, (_, n) => [`n${n}`, n]));
    for (const state of [
      Array(200_000).fill(1),
      new Set(Array(200_000).keys()),
      { wide },
      new Map([[1, wide]]),
    ])
      await expect(shownOf(state)).rejects.toThrow('what it shows of a has more than 50000 values');
    const circle: Record<string, unknown> = {};
    circle['self'] = [circle];
    await expect(shownOf(circle)).rejects.toThrow('what it shows of a is circular');
    let deep: object = {};
    for (let n = 0; n < 10_000; n++) deep = { deep };
    await expect(shownOf(deep)).rejects.toThrow(
      'what it shows of a has more than 100 values within each other',
    );
  });

  it('is shown with the count of bytes, with dates and what else has a form of its own, and with the begin of a long text', async () => {
    const bytes = Buffer.alloc(5_000_000);
    const text = '//me:pw@host/'.repeat(1_000_000);
    const shown = await shownOf({
      bytes,
      floats: new Float64Array(3),
      at: new Date(0),
      twice: [bytes, bytes],
    });
    expect(shown).toEqual({
      bytes: '(5000000 bytes)',
      floats: '(24 bytes)',
      at: '1970-01-01T00:00:00.000Z',
      twice: ['(5000000 bytes)', '(5000000 bytes)'],
    });
    const inspectors = new Inspectors();
    inspectors.add('room', { ...one, inspect: () => ({ text }) });
    const told = await thingHere(appOf(inspectors), { kind: 'room', id: 'a' });
    expect(told).toMatchObject({ found: true, json: expect.stringMatching(/^\{"text":"\/\/\*\*\*@host/) });
  });
});
