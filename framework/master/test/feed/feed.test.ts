import { Measures } from '@pomelo-ts/common';
import { type PastSpan, usualQuery, type ViewQuery } from '@pomelo-ts/views';
import { describe, expect, it } from 'vitest';
import { watchView } from '../../src/feed/watch-view.js';
import { codes, help, Watched } from './watched.js';

describe('the feed of a master', () => {
  it('tells of each server what it does and how it is', async () => {
    using watched = await Watched.up();
    watched.handles.loop['99'].set(0.02);
    await watched.pass(12, 20, 0.003);
    expect(watched.cells('connector-1')).toMatchObject({
      ...{ type: 'connector', host: '10.0.0.2', state: 'ready', connections: 412, errors: 0, loop: 0.02 },
      requests: expect.closeTo(20, 0),
      p99: expect.closeTo(0.004, 3),
    });
    expect(watched.cells('chat-1')).toMatchObject({ connections: null, requests: 0, p99: null, restarts: 0 });
    expect(watched.page()).toMatchObject({ total: 4, matching: 4, silent: [] });
  });

  it('counts a request that a frontend passes on once in a host: as req/s of its frontends, and as work of its backends', async () => {
    using watched = await Watched.up();
    const backend = new Measures();
    const work = backend.make({
      ...{ kind: 'histogram', name: 'request.work', unit: 'seconds', help },
      ...{ open: { label: 'route', most: 10 }, closed: codes },
    });
    watched.bench.launcher.lives['chat-1']!.at(-1)!.link!.tellMeasures(backend);
    for (let second = 0; second < 12; second++) {
      for (let n = 0; n < 20; n++) work.of('chat.room.say').ok.observe(0.001);
      await watched.pass(1, 20);
    }
    const { rows, summary } = watched.page({ view: 'hosts' });
    const sum = (name: string) => rows.reduce((all, { cells }) => all + Number(cells[name] ?? 0), 0);
    expect([sum('requests'), sum('work')]).toEqual([expect.closeTo(20, 0), expect.closeTo(20, 0)]);
    expect(sum('requests')).toBeCloseTo(summary.requests, 5);
    expect(rows.find(({ key }) => key === '10.0.0.2')!.cells).toMatchObject({ work: null });
  });

  it('tells rates over the window that is asked for', async () => {
    using watched = await Watched.up();
    await watched.pass(50, 10);
    await watched.pass(10, 40);
    const requests = (window: ViewQuery['window']) => watched.cells('connector-1', { window })!['requests'];
    expect(requests('10s')).toBeCloseTo(40, 0);
    expect(requests('1m')).toBeCloseTo(15, 0);
    expect(
      watched.page({ window: '1m' }).rows.find(({ key }) => key === 'connector-1')!.growth,
    ).toMatchObject({
      requests: expect.closeTo(25, 0),
      connections: 0,
    });
  });

  it('tells of each route what it takes and how it fails', async () => {
    using watched = await Watched.up();
    await watched.pass(10, 10, 0.01);
    await watched.pass(10, 10, 0.8, 'timeout');
    const [row] = watched.page({ view: 'routes', window: '1m' }).rows;
    expect(row!.cells).toMatchObject({
      ...{ route: 'chat.room.say', type: 'connector' },
      errors: expect.closeTo(0.5, 1),
      mean: expect.closeTo(0.4, 1),
    });
    expect(row!.trouble).toBeGreaterThan(0);
  });

  it('puts first what is wrong, with since when', async () => {
    using watched = await Watched.up();
    expect(watched.problems).toEqual([]);
    watched.handles.loop['99'].set(0.212);
    await watched.pass(5);
    expect(watched.page().rows[0]!.key).toBe('connector-1');
    expect(watched.problems).toEqual([['warn', 'connector-1', 'event loop 212ms late', expect.any(Number)]]);
    await watched.pass(10);
    expect(watched.problems[0]![3]).toBeGreaterThanOrEqual(10);
    watched.handles.loop['99'].set(0.01);
    await watched.pass(3);
    expect(watched.problems).toEqual([]);
  });

  it('tells first of a server that has gone, however bad and old what is wrong with others is', async () => {
    using watched = await Watched.up();
    watched.handles.loop['99'].set(2);
    await watched.pass(80, 10, 0.9);
    const about = () => watched.problems.map(([severity, id]) => `${severity} ${id}`);
    expect(about()).toEqual(['page connector-1', 'page connector-1']);
    watched.bench.launcher.lives['chat-2']!.at(-1)!.end({ code: 1, signal: null });
    await watched.pass(2, 10, 0.9);
    expect(about()[0]).toBe('page chat-2');
    expect(watched.page().rows[0]!.key).toBe('chat-2');
    expect(watched.page({ view: 'problems' }).rows[0]!.cells).toMatchObject({ about: 'chat-2' });
  });

  it('tells of a server that has gone, and of a type of which nobody serves', async () => {
    using watched = await Watched.up();
    const end = (id: string) => watched.bench.launcher.lives[id]!.at(-1)!.end({ code: 1, signal: null });
    end('chat-2');
    await watched.pass(2);
    expect(watched.cells('chat-2')).toMatchObject({ state: 'gone', cpu: null, up: null });
    expect(watched.page({ faulty: true }).rows.map(({ key }) => key)).toEqual(['chat-2']);
    expect(watched.page().summary.states).toEqual({ ready: 3, gone: 1 });
    end('connector-1');
    await watched.pass(2);
    expect(watched.problems[0]!.slice(0, 3)).toEqual(['page', 'connector', 'no server of this type serves']);
  });

  it('tells of requests that fail by the game and for want of a server, and of none that clients ask wrongly', async () => {
    using watched = await Watched.up();
    await watched.pass(20, 10, 0.01, 'error');
    expect(watched.problems).toEqual([]);
    expect(watched.cells('connector-1')).toMatchObject({ errors: 1 });
    for (const measure of ['failures', 'unserved'] as const) {
      for (let second = 0; second < 20; second++) {
        watched.handles[measure].add(3);
        await watched.pass(1, 10, 0.01, 'error');
      }
      expect(watched.problems).toEqual([
        [
          'page',
          'connector-1',
          expect.stringMatching(/^\d+(\.\d)?% of its requests fail$/),
          expect.any(Number),
        ],
      ]);
      await watched.pass(70, 10, 0.01, 'error');
      expect(watched.problems).toEqual([]);
    }
  });

  it('tells for 10 minutes of one that has crashed and runs again', async () => {
    using watched = await Watched.up();
    const crash = (id: string) => watched.bench.launcher.lives[id]!.at(-1)!.end({ code: 1, signal: null });
    crash('chat-1');
    await watched.pass(20);
    const what = 'runs again after a crash: exit code 1';
    expect(watched.problems.map((one) => one.slice(0, 3))).toEqual([['warn', 'chat-1', what]]);
    expect(watched.page().rows[0]!.key).toBe('chat-1');
    await watched.pass(601);
    expect(watched.problems).toEqual([]);
  });

  it('tells of one that crashes again and again', async () => {
    using watched = await Watched.up();
    for (let n = 0; n < 3; n++) {
      watched.bench.launcher.lives['chat-1']!.at(-1)!.end({ code: 1, signal: null });
      await watched.pass(20);
    }
    expect(watched.problems.map(([severity, about, what]) => [severity, about, what])).toContainEqual([
      'page',
      'chat-1',
      expect.stringMatching(/^crashed 3 times in 10 m: exit code 1/),
    ]);
    await watched.pass(601);
    expect(watched.problems.filter(([, about]) => about === 'chat-1')).toEqual([]);
  });

  it('tells of tries to sign in that fail in a minute, by more than the threshold, and not of those before', async () => {
    using watched = await Watched.up();
    watched.counts = { ...watched.counts, signInFailures: 320 };
    await watched.pass(2);
    expect(watched.problems).toEqual([]);
    watched.counts = { ...watched.counts, signInFailures: 321 };
    await watched.pass(2);
    const what = '21 tries to sign in have failed within a minute';
    expect(watched.problems.map((one) => one.slice(0, 3))).toEqual([['warn', 'admin', what]]);
    await watched.pass(62);
    expect(watched.problems).toEqual([]);
  });

  it('tells of an audit log that cannot be written', async () => {
    using watched = await Watched.up();
    watched.counts = { ...watched.counts, auditUnwritten: 3 };
    await watched.pass(2);
    const what =
      'records of the audit log could not be written within a minute; changes are refused while that is so';
    expect(watched.problems.map((one) => one.slice(0, 3))).toEqual([['page', 'admin', what]]);
    await watched.pass(62);
    expect(watched.problems).toEqual([]);
  });

  it('tells of what waits for clients while it is much and grows', async () => {
    using watched = await Watched.up();
    watched.handles.queue.set(70e6);
    await watched.pass(12);
    expect(watched.problems).toEqual([]); // much, and it does not grow
    for (let second = 1; second <= 12; second++) {
      watched.handles.queue.set(70e6 + second * 2e6);
      await watched.pass(1);
    }
    expect(watched.problems.map((one) => one.slice(0, 2))).toEqual([['warn', 'connector-1']]);
    expect(watched.problems[0]![2]).toMatch(/^\d+(\.\d+)?M.* wait for its clients, and more each second$/);
    await watched.pass(15);
    expect(watched.problems).toEqual([]);
  });

  it('tells of pushes that are dropped for clients, by their share, when there are more than a few', async () => {
    using watched = await Watched.up();
    const second = async (delivered: number, slow: number) => {
      watched.handles.fanout.observe(delivered);
      watched.handles.dropped.slow.add(slow);
      watched.handles.dropped.unsent.add(100); // of frontends, which are no clients
      await watched.pass(1);
    };
    for (let n = 0; n < 65; n++) await second(5, 4);
    expect(watched.problems).toEqual([]); // fewer than ten a second
    for (let n = 0; n < 65; n++) await second(1000, 5);
    expect(watched.problems).toEqual([]); // half a per cent
    for (let n = 0; n < 65; n++) await second(950, 50);
    const what = '5.0% of its pushes are dropped';
    expect(watched.problems.map((one) => one.slice(0, 3))).toEqual([['warn', 'connector-1', what]]);
  });

  it('tells the whole cluster in one line, with what it was before', async () => {
    using watched = await Watched.up();
    await watched.pass(25, 8);
    const { summary } = watched.page();
    expect(summary).toMatchObject({
      ...{ env: 'production', hosts: 2, online: 412, errors: 0, problemCount: 0, states: { ready: 4 } },
      leader: { id: 'master-1', host: '10.0.0.1', term: 3 },
      requests: expect.closeTo(8, 0),
    });
    expect(summary).toMatchObject({ pushes: 0 });
    for (let n = 0; n < 12; n++) {
      watched.handles.fanout.observe(50);
      await watched.pass(1);
    }
    const { pushes, past } = watched.page().summary;
    expect(pushes).toBeCloseTo(50, 0);
    expect(past.pushes.at(-1)).toBeGreaterThan(0);
    expect(summary.past.online).toHaveLength(30);
    expect(summary.past.online.slice(0, 3)).toEqual([null, null, null]);
    expect(summary.past.online.at(-1)).toBe(412);
  });

  it('remembers figures of servers and of the cluster by seconds and for hours, and what happened', async () => {
    using watched = await Watched.up();
    await watched.pass(30, 8);
    const fine = watched.feed.past('10m', 'connector-1');
    expect(fine).toMatchObject({ stepSeconds: 1, at: watched.page().at });
    expect(fine.values['connections']!.slice(-20)).toEqual(Array(20).fill(412));
    expect(fine.values['requests']!.at(-1)).toBeCloseTo(8, 0);
    expect(fine.values['memory']).toHaveLength(fine.values['requests']!.length);
    const cluster = watched.feed.past('6h');
    expect(cluster).toMatchObject({ stepSeconds: 10 });
    expect(cluster.values['online']!.slice(-2)).toEqual([412, 412]);
    expect(cluster.values['online']!.length).toBeLessThan(fine.values['requests']!.length / 5);
    watched.bench.launcher.lives['chat-1']!.at(-1)!.end({ code: 1, signal: null });
    await watched.pass(20);
    const happened = (span: PastSpan, id?: string) =>
      watched.feed.past(span, id).happenings.filter(({ at }) => at > fine.at);
    const marks = happened('10m', 'chat-1');
    expect(marks.map(({ kind, is }) => is ?? kind)).toEqual(expect.arrayContaining(['crash', 'ready']));
    expect(happened('10m', 'chat-2')).toEqual([]);
    expect(happened('10m')).toEqual(marks);
    await watched.pass(700);
    expect(happened('10m')).toEqual([]);
    expect(happened('6h')).toEqual(marks);
    expect(watched.feed.past('10m', 'chat-2').values['connections']).toHaveLength(600);
    expect(() => watched.feed.past('10m', '__proto__')).toThrow('There is no server');
  });

  it('tells who has had a server drained and taken back', async () => {
    using watched = await Watched.up();
    await watched.pass(5);
    const link = watched.bench.launcher.lives['gate-1']!.at(-1)!.link!;
    for (const [verb, state] of [
      ['drain', 'draining'],
      ['undrain', 'ready'],
    ] as const) {
      const end = watched.acting.begin(['gate-1'], `${verb} by ann`);
      link.report(state);
      end();
      await watched.pass(5);
    }
    link.report('draining');
    await watched.pass(5);
    const { happenings } = watched.feed.past('10m', 'gate-1');
    expect(happenings.slice(-3).map(({ is, why }) => [is, why])).toEqual([
      ['draining', 'drain by ann'],
      ['ready', 'undrain by ann'],
      ['draining', undefined],
    ]);
  });

  it('remembers what was changed in the configuration, for the past of each server, in few words and without values', async () => {
    using watched = await Watched.up();
    const change = (path: string) => ({ path, from: 'a', to: 'secret', need: 'live', ids: [] }) as const;
    watched.notes.note({ added: ['chat-3'], removed: ['chat-2'], changes: [change('settings.log.level')] });
    await watched.pass(20);
    watched.notes.note({ changes: ['a', 'b', 'c', 'd'].map(change) });
    await watched.pass(5);
    const { happenings } = watched.feed.past('10m', 'chat-1');
    expect(happenings.filter(({ kind }) => kind === 'config').map(({ id, is }) => [id, is])).toEqual([
      ['master-1', '+chat-3, -chat-2, settings.log.level'],
      ['master-1', 'a, b, c, … (4)'],
    ]);
    await watched.pass(700);
    expect(watched.feed.past('10m').happenings).toEqual([]);
    expect(watched.feed.past('6h').happenings.filter(({ kind }) => kind === 'config')).toHaveLength(2);
  });

  it('takes a server that has run for long, and tells all it has in several messages, for none that has done all of it just now', async () => {
    using watched = await Watched.up();
    const measures = new Measures();
    const runs = measures.make({
      ...{ kind: 'histogram', name: 'a.runs', unit: 'seconds', help },
      open: { label: 'run', most: 900 },
    });
    for (let n = 0; n < 900; n++) runs.of(`a run of many ${n}`).observe(1);
    const [unit, standard] = ['seconds', true] as const;
    measures.make({ kind: 'counter', name: 'process.cpu', unit, standard, help }).add(1000);
    watched.bench.launcher.lives['chat-1']!.at(-1)!.link!.tellMeasures(measures);
    const told: unknown[] = [];
    for (let second = 0; second < 20; second++) {
      await watched.pass(1);
      told.push(watched.cells('chat-1')!['cpu']);
    }
    expect(told.filter(Boolean)).toEqual([]);
    expect(told.slice(0, 3)).toContain(null);
    expect(told.at(-1)).toBe(0);
  });

  it('forgets what a server did in a former life', async () => {
    using watched = await Watched.up();
    await watched.pass(10, 50);
    watched.bench.launcher.lives['connector-1']!.at(-1)!.end({ code: 1, signal: null });
    await watched.pass(1);
    await watched.bench.start('connector-1');
    await watched.pass(3);
    expect(watched.cells('connector-1')).toMatchObject({ requests: 0, p99: null });
  });

  it('tells of crons where some were run, and of long operations', async () => {
    using watched = await Watched.up();
    expect(watched.page({ view: 'crons' }).rows).toEqual([]);
    watched.handles.crons.add(2);
    await watched.pass(2);
    expect(watched.cells('connector-1', { view: 'crons' })).toMatchObject({ runs: 0, failed: 2 });
    const begun = {
      id: 4,
      verb: 'servers.restart',
      target: 'chat-1',
      by: 'ann',
      via: 'cli',
      begunAt: '2026-01-01T00:00:00Z',
    };
    watched.operations = () => [
      { ...begun, state: 'running', done: ['chat-1'], underWay: ['chat-2'], left: [], takenBack: [] },
    ];
    expect(watched.cells('4', { view: 'operations' })).toMatchObject({
      verb: 'servers.restart',
      done: 1,
      left: 1,
    });
  });

  it.each([
    [{ filter: 'colour:red' }, 'there is no column colour'],
    [{ filter: '/(?=a)/' }, 'This cannot be shown of servers: /(?=a)/: '],
    [{ sort: 'colour' }, 'there is no column colour to sort by; there are trouble, id'],
    [{ sort: '__proto__' }, 'there is no column __proto__'],
  ])('refuses %o', async (query, message) => {
    using watched = await Watched.up();
    expect(() => watched.page(query)).toThrow(message);
  });
});

describe('who watches a view', () => {
  it('is told the page and then what has changed, until they are gone', async () => {
    using watched = await Watched.up();
    const gone = new AbortController();
    const told: object[] = [];
    const watching = watchView(
      watched.feed,
      { ...usualQuery, filter: 'type:chat' },
      { tell: (delta) => void told.push(delta), whenRead: (say) => say(), gone: gone.signal },
    );
    expect(told[0]).toMatchObject({ order: ['chat-1', 'chat-2'], matching: 2, total: 4 });
    watched.bench.launcher.lives['chat-2']!.at(-1)!.end({ code: 1, signal: null });
    await watched.pass(1);
    expect(told.at(-1)).toMatchObject({ order: ['chat-2', 'chat-1'] });
    gone.abort();
    await watching;
    const before = told.length;
    await watched.pass(2);
    expect(told.length).toBe(before);
  });

  it('and does not read is told nothing until they have, and then what is true then', async () => {
    using watched = await Watched.up();
    const told: { readonly at: number }[] = [];
    let owed: (() => void) | undefined;
    const gone = new AbortController();
    const tell = (delta: { readonly at: number }) => void told.push(delta);
    const whenRead = (say: () => void) => {
      owed = say;
    };
    void watchView(watched.feed, usualQuery, { tell, whenRead, gone: gone.signal });
    await watched.pass(10);
    expect(told).toHaveLength(1);
    owed!();
    expect(told.at(-1)!.at - told[0]!.at).toBeGreaterThanOrEqual(9000);
    gone.abort();
  });

  it('is refused when too many do, and one who has gone gives their place back', async () => {
    using watched = await Watched.up();
    const nothing = () => {};
    const watch = (who?: string) => {
      const gone = new AbortController();
      const way = { tell: nothing, whenRead: nothing, gone: gone.signal, ...(who !== undefined && { who }) };
      return { gone, watching: watchView(watched.feed, usualQuery, way) };
    };
    const ofOne = Array.from({ length: 60 }, () => watch('http eve'));
    expect(() => watch('http eve')).toThrow(expect.objectContaining({ code: 'VIEWS_FULL' }));
    const all = [...ofOne, ...Array.from({ length: 140 }, (_, n) => watch(`cli ann-${n}`))];
    expect(() => watch('http bob')).toThrow(expect.objectContaining({ code: 'VIEWS_FULL' }));
    all[0]!.gone.abort();
    await all[0]!.watching;
    const last = watch();
    for (const { gone } of [...all, last]) gone.abort();
    await Promise.all([...all, last].map(({ watching }) => watching));
  });
});
