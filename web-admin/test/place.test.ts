import { usualQuery, viewNames } from '@pomelo-ts/views';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Place, placeOf, plainPages, searchOf, serverTabs, viewPlace } from '../src/place/place.js';
import { placeOfNext, placeOfProblem } from '../src/place/problem-places.js';

describe('the address of a place', () => {
  it('is nothing for the overview, and says only what is not as usual', () => {
    expect(searchOf({ page: 'overview' })).toBe('');
    expect(searchOf(viewPlace('servers'))).toBe('?view=servers');
    expect(searchOf(viewPlace('routes', { sort: 'p99', filter: 'route:chat err>1%' }))).toBe(
      '?view=routes&filter=route%3Achat+err%3E1%25&sort=p99',
    );
    expect(searchOf({ page: 'server', id: 'chat-1', tab: 'log' })).toBe('?server=chat-1&tab=log');
  });

  it('leads back to the place that it is of, whatever that has', () => {
    const query = fc.record({
      view: fc.constantFrom(...viewNames),
      filter: fc.string({ unit: 'grapheme', maxLength: 40 }),
      sort: fc.constantFrom('trouble', 'id', 'p99', '__proto__'),
      ascending: fc.boolean(),
      growth: fc.boolean(),
      window: fc.constantFrom('10s' as const, '1m' as const, '5m' as const, '1h' as const),
      limit: fc.integer({ min: 1, max: 200 }),
      faulty: fc.boolean(),
    });
    const text = fc.string({ unit: 'grapheme', maxLength: 20 });
    const some: fc.Arbitrary<Place> = fc.oneof(
      query.map((one): Place => ({ page: 'view', query: one })),
      query.map((one): Place => ({ page: 'view', query: { ...one, group: 'host' } })),
      fc.record({ page: fc.constant('server' as const), id: text, tab: fc.constantFrom(...serverTabs) }),
      text.map(
        (id): Place => ({ page: 'server', id, tab: 'figures', span: '6h', moment: 1_796_000_000_000 }),
      ),
      fc.constantFrom<Place>({ page: 'timeline' }, { page: 'timeline', span: '6h' }),
      fc.record({ page: fc.constant('users' as const), uid: text }),
      fc.record({ page: fc.constant('host' as const), name: text }),
      fc.record({ page: fc.constant('channel' as const), name: text, at: text }),
      fc.record({ page: fc.constant('logs' as const), filter: text }),
      fc.record({ page: fc.constant('operate' as const), verb: text }),
      fc.record({ page: fc.constant('rooms' as const), at: text, kind: text, name: text }),
      fc.record({ page: fc.constant('audit' as const), name: text, verb: text }),
      fc.constantFrom(...plainPages).map((page): Place => ({ page })),
    );
    fc.assert(
      fc.property(some, (place) => {
        expect(placeOf(searchOf(place))).toEqual(place);
      }),
    );
  });

  it.each([
    ['?view=constructor', { page: 'overview' }],
    ['?page=nothing', { page: 'overview' }],
    ['?view=servers&limit=-1&window=9y&group=colour', { page: 'view', query: usualQuery }],
    ['?view=servers&limit=1e9', { page: 'view', query: usualQuery }],
    ['?page=timeline&span=9y', { page: 'timeline' }],
    ['?server=x&tab=../etc', { page: 'server', id: 'x', tab: 'figures' }],
  ])('that makes no sense, %s, is one that does', (search, place) => {
    expect(placeOf(search)).toEqual(place);
  });

  it('holds no more of a filter than the master reads', () => {
    const place = placeOf(`?view=servers&filter=${'x'.repeat(1000)}`);
    expect(place.page === 'view' && place.query.filter).toHaveLength(200);
  });
});

describe('what the master says of a problem', () => {
  it('leads to the server, or to all of a type when none of it serves', () => {
    expect(placeOfProblem('chat-1', 'logs chat-1')).toEqual({ page: 'server', id: 'chat-1', tab: 'figures' });
    expect(placeOfProblem('chat', 'start -t chat')).toEqual(viewPlace('servers', { filter: 'type=chat' }));
  });

  it.each([
    ['logs chat-1', { page: 'server', id: 'chat-1', tab: 'log' }],
    ['profile chat-1 --heap', { page: 'server', id: 'chat-1', tab: 'profile' }],
    ['routes', viewPlace('routes', { sort: 'p99' })],
    ['doctor', undefined],
    ['start -t chat', undefined],
  ])('and looks into it here where the page can: %s', (next, place) => {
    expect(placeOfNext(next)).toEqual(place);
  });
});
