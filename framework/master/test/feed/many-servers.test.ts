import { mostRows, usualQuery, type ViewQuery } from '@pomelo-ts/views';
import { expect, it } from 'vitest';
import { linearMatcher } from '../../../cluster/src/linear-matcher.js';
import { Feed } from '../../src/feed/feed.js';
import { Bench, entry } from '../supervisor-bench.js';

/** More than any screen is told of. */
const many = 500;

it('tells the first lines of 500 servers alone, and counts all of them', async () => {
  const ids = Array.from({ length: many }, (_, n) => `chat-${n + 1}`);
  using bench = new Bench(ids.map((id) => entry(id)));
  const { hub, supervisor, clock } = bench;
  const feed = new Feed({
    ...{ hub, clock, env: 'production', matcher: linearMatcher },
    records: () => supervisor.records,
    operations: () => [],
    counts: () => ({ signInFailures: 0, auditUnwritten: 0 }),
    shutsOut: () => undefined,
    configured: () => [],
    actingOn: () => undefined,
    certificates: () => [],
    host: '10.0.0.1',
    disks: () => [],
    store: () => undefined,
    clocks: () => [],
    leader: () => ({ id: 'master-1', host: '10.0.0.1', term: 3 }),
    wallTime: () => 1_700_000_000_000 + clock.now(),
  });
  await bench.pass(3000);
  const look = (query: Partial<ViewQuery>) => feed.page({ ...usualQuery, limit: mostRows, ...query });
  const { rows, matching, total, summary } = look({});
  expect([rows.length, matching, total, summary.states]).toEqual([200, many, many, { down: many }]);
  const some = look({ filter: '/^chat-4..$/' });
  expect([some.rows.length, some.matching, some.total]).toEqual([100, 100, many]);
  feed.close();
});
