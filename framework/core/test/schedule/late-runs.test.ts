import { silentLogger } from '@pomelo-ts/common';
import { describe, expect, it } from 'vitest';
import { ClusterCron } from '../../src/schedule/cluster-cron.js';
import { LeaseBench } from '../lease/lease-bench.js';
import { ServiceBench } from './ticker-bench.js';

const tick = { id: 'tick', action: 'clock.tick', timezone: 'UTC' };
const hour = 3_600_000;

describe('a cron whose time has come while the process was busy', () => {
  it('runs at once, and what passed without a run is counted and told in one line', async () => {
    const bench = new ServiceBench('2026-01-01T12:00:00.500Z');
    bench.service.add({ ...tick, time: '* * * * * *' });
    bench.work = () => {
      bench.work = () => {};
      bench.setForward(2600);
    };
    await bench.clock.letPass(500);
    await bench.clock.letPass(1);
    expect(bench.runs).toEqual(['2026-01-01T12:00:01.000Z', '2026-01-01T12:00:03.601Z']);
    expect(bench.counts).toEqual({ 'cron.runs': 2, 'cron.missed': 1 });
    expect(bench.lines).toEqual([
      'cron tick has missed times: this process was busy or paused, or its clock was set; the run that begins now stands for them {"times":1,"agoMs":1601,"lateMs":15000}',
    ]);
  });

  it('is counted as late when it runs later than a second', () => {
    const bench = new ServiceBench('2026-01-01T11:59:59Z');
    bench.service.add({ ...tick, time: '0 0 12 * * *' });
    bench.setForward(4000);
    bench.clock.pass(1000);
    expect(bench.runs.length).toBe(1);
    expect(bench.counts).toMatchObject({ 'cron.late': 1 });
    expect(bench.lines).toEqual([]);
  });

  it('does not run when that is longer ago than its bound: it is counted, and told in one line', () => {
    const bench = new ServiceBench('2026-01-01T03:59:00Z');
    bench.service.add({ ...tick, time: '0 0 4 * * *' });
    bench.setForward(hour);
    bench.clock.pass(5000);
    expect(bench.runs).toEqual([]);
    expect(bench.counts).toEqual({ 'cron.missed': 1 });
    expect(bench.lines).toEqual([
      'cron tick has missed times: this process was busy or paused, or its clock was set; that is too long ago to make up for {"times":1,"agoMs":3545000,"lateMs":15000}',
    ]);
  });

  it('has a bound of its own where it says so', () => {
    const bench = new ServiceBench('2026-01-01T03:59:00Z');
    bench.service.add({ ...tick, time: '0 0 4 * * *', lateMs: 2 * hour });
    bench.setForward(hour);
    bench.clock.pass(5000);
    expect(bench.runs.length).toBe(1);
    expect(bench.counts).toMatchObject({ 'cron.late': 1 });
  });
});

describe('crons of a server that stops', () => {
  it('run no more, and none that is added then', () => {
    const bench = new ServiceBench('2026-01-01T12:00:00Z');
    bench.service.add({ ...tick, time: '* * * * * *' });
    bench.service.stop();
    bench.service.add({ ...tick, id: 'late', time: '* * * * * *' });
    const { armed } = bench;
    bench.clock.pass(10_000);
    expect(bench.runs).toEqual([]);
    expect(bench.armed).toBe(armed);
  });
});

/** Servers with crons that run once among them, all by one clock. */
class ClusterBench extends LeaseBench {
  readonly #start: string;

  constructor(start: string) {
    super();
    this.#start = start;
  }

  serverWithCrons(id: string): ServiceBench {
    return new ServiceBench(
      this.#start,
      (bench) => (cron) =>
        new ClusterCron({
          ...cron,
          leases: this.server(id),
          clock: this.clock,
          counters: bench.counters,
          logger: silentLogger,
          wallTime: () => bench.wallTime(),
        }),
      this.clock,
    );
  }
}

describe('a cron that runs once in the cluster', () => {
  it('goes on through an hour that comes twice, on one server for each time', async () => {
    const bench = new ClusterBench('2026-10-24T23:59:30Z');
    const servers = [bench.serverWithCrons('a'), bench.serverWithCrons('b')];
    const cron = { ...tick, timezone: 'Europe/Berlin', once: 'cluster' as const };
    for (const { service } of servers) {
      service.add({ ...cron, time: '0 */5 * * * *' });
      service.add({ ...cron, id: 'daily', time: '0 32 2 * * *' });
    }
    await bench.pass(2 * hour);
    const runs = servers.flatMap((server) => server.runs).sort();
    const every5 = Array.from({ length: 24 }, (_, index) => Date.UTC(2026, 9, 25, 0, index * 5));
    const daily = Date.UTC(2026, 9, 25, 0, 32);
    expect(runs).toEqual([...every5, daily].sort().map((time) => new Date(time).toISOString()));
    expect(servers.reduce((sum, { counts }) => sum + (counts['cron.elsewhere'] ?? 0), 0)).toBe(25);
  });

  it('runs once on a day that lacks its time, at the next instant, on one server', async () => {
    const bench = new ClusterBench('2026-03-29T00:50:00Z');
    const servers = [bench.serverWithCrons('a'), bench.serverWithCrons('b')];
    for (const { service } of servers)
      service.add({ ...tick, time: '0 30 2 * * *', timezone: 'Europe/Berlin', once: 'cluster' });
    await bench.pass(hour);
    expect(servers.flatMap(({ runs }) => runs)).toEqual(['2026-03-29T01:00:00.000Z']);
  });

  it('misses nothing on a server that does not have the lease', async () => {
    const bench = new ClusterBench('2026-01-01T12:00:30Z');
    const servers = [bench.serverWithCrons('a'), bench.serverWithCrons('b')];
    for (const { service } of servers) service.add({ ...tick, time: '0 * * * * *', once: 'cluster' });
    await bench.pass(1000);
    for (const server of servers) server.setForward(10 * 60_000);
    await bench.pass(5000);
    const [holder, other] = servers.map(({ counts }) => counts);
    expect(holder).toEqual({ 'cron.missed': 10 });
    expect(other).toEqual({ 'cron.elsewhere': 10 });
  });
});
