import { Measures, silentLogger } from '@pomelo-ts/common';
import { describe, expect, it } from 'vitest';
import type { Application } from '../../src/application.js';
import { type CoreMeasures, coreMeasures } from '../../src/measures.js';
import { ClusterCron, type CronRun } from '../../src/schedule/cluster-cron.js';
import { LeaseBench } from '../lease/lease-bench.js';
import { poll } from '../poll.js';
import { type RunningGame, startGame } from '../running-game.js';

const start = Date.UTC(2026, 0, 1);

/** Servers that have one cron, which is due when the test says so. */
class CronBench extends LeaseBench {
  readonly runs: string[] = [];
  readonly caughtUp: number[] = [];
  readonly warnings: string[] = [];
  lastRun: CronRun | undefined;
  busy = false;

  cron(server: string): { cron: ClusterCron; counters: CoreMeasures; now(): number } {
    const counters = new Measures().makeAll(coreMeasures);
    const now = (): number => start + this.clock.now();
    const cron: ClusterCron = new ClusterCron({
      id: 'sweep',
      run: async (run) => {
        this.lastRun = run;
        this.runs.push(server);
        return true;
      },
      catchUp: (at) => {
        this.caughtUp.push(at - start);
        void cron.due(at);
      },
      running: () => this.busy,
      lateMs: 15_000,
      leases: this.server(server),
      clock: this.clock,
      counters,
      logger: {
        ...silentLogger,
        warn: (message, facts) => void this.warnings.push(`${message}: ${facts?.['reason']}`),
      },
      wallTime: now,
    });
    return { cron, counters, now };
  }
}

describe('a cron that runs once in the cluster', () => {
  it('runs on the server that has its lease, and the others count that it was elsewhere', async () => {
    const bench = new CronBench();
    const [a, b] = [bench.cron('a'), bench.cron('b')];
    await bench.pass(1000);
    expect(await Promise.all([a.cron.due(a.now()), b.cron.due(b.now())])).toEqual([true, false]);
    expect(bench.runs).toEqual(['a']);
    expect(b.counters.cronElsewhere.value).toBe(1);
    expect(bench.lastRun).toMatchObject({ token: 1 });
  });

  it('goes on elsewhere when its server stops, and what fell between is made up for', async () => {
    const bench = new CronBench();
    const [a, b] = [bench.cron('a'), bench.cron('b')];
    await bench.pass(1000);
    await a.cron.due(a.now());
    await a.cron.stop();
    await b.cron.due(b.now() + 1);
    expect(bench.runs).toEqual(['a']);
    await bench.pass(1000);
    expect(bench.caughtUp).toEqual([1001]);
    expect(bench.runs).toEqual(['a', 'b']);
  });

  it('is not run by two servers for the same time, though their clocks differ', async () => {
    const bench = new CronBench();
    const [a, b] = [bench.cron('a'), bench.cron('b')];
    await bench.pass(1000);
    const at = a.now() + 2000;
    await a.cron.due(at);
    await a.cron.stop();
    await bench.pass(1000);
    expect(await b.cron.due(at)).toBe(false);
    expect(await b.cron.due(at + 1000)).toBe(true);
    expect(bench.runs).toEqual(['a', 'b']);
  });

  it('is not run when no master confirms the lease: that is counted, logged, and made up for soon after', async () => {
    const bench = new CronBench();
    const { cron, counters, now } = bench.cron('a');
    await bench.pass(1000);
    bench.linked = false;
    expect(await cron.due(now())).toBe(false);
    await bench.pass(12_000);
    expect(await cron.due(now())).toBe(false);
    expect(counters.cronUnleased.value).toBe(2);
    expect(bench.warnings).toEqual([
      'cron sweep is left out: its lease cannot be had, so another server might run it: The lease cron/sweep cannot be had now: The link to the master was lost: it was cut',
      'cron sweep is left out: its lease cannot be had, so another server might run it: The lease cron/sweep cannot be had now: The link to the master was lost: it was cut',
    ]);
    bench.linked = true;
    await bench.pass(1000);
    expect(bench.caughtUp).toEqual([13_000]);
    expect(bench.runs).toEqual(['a']);
  });

  it('is not made up for when that was due long ago', async () => {
    const bench = new CronBench();
    bench.linked = false;
    const { cron, now } = bench.cron('a');
    await cron.due(now());
    await bench.pass(16_000);
    bench.linked = true;
    await bench.pass(2000);
    expect(bench.caughtUp).toEqual([]);
    expect(await cron.due(now())).toBe(true);
  });

  it('goes on when a clock that was far ahead is set right', async () => {
    const bench = new CronBench();
    const { cron, now } = bench.cron('a');
    await bench.pass(1000);
    await cron.due(now() + 86_400_000);
    expect(await cron.due(now())).toBe(true);
  });

  it('keeps its lease while it works, also on a server that stops', async () => {
    const bench = new CronBench();
    const { cron, now } = bench.cron('a');
    await bench.pass(1000);
    await cron.due(now());
    bench.busy = true;
    await cron.stop();
    await expect(bench.server('b').take('cron/sweep')).rejects.toMatchObject({ code: 'LEASE_TAKEN' });
    bench.busy = false;
    await cron.ranOut();
    await bench.server('b').take('cron/sweep');
  });

  it('hears of a lease that is lost while it works', async () => {
    const bench = new CronBench();
    const { cron, now } = bench.cron('a');
    await bench.pass(1000);
    await cron.due(now());
    bench.linked = false;
    await bench.pass(10_000);
    expect(bench.lastRun!.signal.aborted).toBe(true);
    expect(() => bench.lastRun!.ensureHeld()).toThrow('The lease cron/sweep (token 1) is lost');
  });
});

describe('once: "cluster" of crons.json5', () => {
  const never = '0 0 0 1 1 *';
  const startWith = (crons: object): Promise<RunningGame> =>
    startGame({
      servers: { chat: [{ id: 'chat-1' }, { id: 'chat-2' }] },
      modules: {
        'app/servers/chat/cron/chatCron.js': ({ measures }: Application) => {
          const runs = measures.counter({
            name: 'chat.runs',
            help: 'Runs, by what they hold.',
            open: { label: 'token', most: 3 },
          });
          return { tick: ({ token }: CronRun) => runs.of(typeof token).add() };
        },
      },
      config: { crons },
    });

  it('has one server of the type run it, with the lease at hand', async () => {
    await using game = await startWith({
      chat: [{ id: 'tick', time: '* * * * * *', action: 'chatCron.tick', once: 'cluster' }],
    });
    const ran = (): number[] => ['chat-1', 'chat-2'].map((id) => game.count(id, 'chat.runs.number'));
    await poll(() => ran().reduce((a, b) => a + b)).toBeGreaterThan(0);
    expect(ran()).toContain(0);
  });

  it('lets the next server run it when that one stops', async () => {
    await using game = await startWith({
      chat: [{ id: 'tick', time: never, action: 'chatCron.tick', once: 'cluster' }],
    });
    const runAll = async (): Promise<string[]> => {
      const ran = await Promise.all(
        [...game.servers].map(async ([id, { app }]) => ((await app.crons.run('tick')) ? [id] : [])),
      );
      return ran.flat();
    };
    let first: string[] = [];
    await poll(async () => {
      first = await runAll();
      return first;
    }).toHaveLength(1);
    await game.stop(first[0]!);
    await poll(runAll).toHaveLength(1);
  });
});
