import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { idEpochMs, msOfId } from '../../src/ids/id-layout.js';
import { SnowflakeSequence } from '../../src/ids/snowflake-sequence.js';
import { WorkerIds } from '../../src/ids/worker-ids.js';
import { LeaseBench } from '../lease/lease-bench.js';

const start = Date.UTC(2026, 0, 1);
const workerOf = (id: bigint): number => Number((id >> 12n) & 1023n);

/** Servers that make ids; the wall clock of each can be set apart from the others'. */
class IdBench extends LeaseBench {
  readonly #workers: number;

  constructor(workers = 1023) {
    super();
    this.#workers = workers;
  }

  worker(id: string, bootId?: string): { ids: WorkerIds; wall: { offset: number }; stop(): Promise<void> } {
    const leases = this.server(id, bootId);
    const wall = { offset: 0 };
    const wallTime = (): number => start + this.clock.now() + wall.offset;
    const ids = new WorkerIds({ serverId: id, leases, clock: this.clock, wallTime, workers: this.#workers });
    return { ids, wall, stop: () => leases.close() };
  }

  /** Lets time pass until `work` is done. */
  async done<T>(work: Promise<T>): Promise<T> {
    let over = false;
    const end = (): void => {
      over = true;
    };
    work.then(end, end);
    while (!over) await this.clock.letPass(10, 5);
    return work;
  }
}

describe('an id', () => {
  it('has the time since 2025, the worker and a sequence, in 42, 10 and 12 bits', async () => {
    const bench = new IdBench();
    const { ids } = bench.worker('a');
    await bench.worker('x').ids.next();
    const [first, second] = [await ids.next(), await ids.next()];
    const time = BigInt(start - idEpochMs);
    expect([first, second]).toEqual([(time << 22n) | (1n << 12n), (time << 22n) | (1n << 12n) | 1n]);
    expect(idEpochMs).toBe(Date.UTC(2025, 0, 1));
    expect(msOfId(first)).toBe(start);
  });

  it('of the last ms that fits is still below 2 to the 64', () => {
    const last = new SnowflakeSequence(1023, 0).take(idEpochMs + 2 ** 42 - 1) as bigint;
    expect(last < 2n ** 64n).toBe(true);
  });

  it('of a ms whose sequence is used up is of the next one', async () => {
    const bench = new IdBench();
    const { ids } = bench.worker('a');
    const all = await bench.done(Promise.all(Array.from({ length: 10_000 }, () => ids.next())));
    expect(new Set(all).size).toBe(10_000);
    expect([...all].sort((a, b) => (a < b ? -1 : 1))).toEqual(all);
    expect(new Set(all.map(msOfId)).size).toBeGreaterThanOrEqual(3);
  });
});

describe('a clock that steps back', () => {
  it('by little is waited for', async () => {
    const bench = new IdBench();
    const { ids, wall } = bench.worker('a');
    const before = await ids.next();
    wall.offset = -1500;
    const waiting = ids.next();
    const later = ids.next();
    const [next, last] = await bench.done(Promise.all([waiting, later]));
    expect(next).toBeGreaterThan(before);
    expect(last).toBeGreaterThan(next);
  });

  it('by much stops ids until it is right again', async () => {
    const bench = new IdBench();
    const { ids, wall } = bench.worker('a');
    const before = await ids.next();
    wall.offset = -60_000;
    await expect(ids.next()).rejects.toThrow(
      'The clock of a is 60000 ms behind the last id that was made with its number; at most 2000 ms are waited for.',
    );
    wall.offset = 1;
    expect(await ids.next()).toBeGreaterThan(before);
  });
});

describe('the number of a worker', () => {
  it('is another one for each server', async () => {
    const bench = new IdBench();
    const made = await Promise.all(['a', 'b', 'c'].map((id) => bench.worker(id).ids.next()));
    expect(made.map(workerOf).sort()).toEqual([0, 1, 2]);
  });

  it('is refused to one server more than there are numbers', async () => {
    const bench = new IdBench(3);
    for (const id of ['a', 'b', 'c']) await bench.worker(id).ids.next();
    await expect(bench.worker('late').ids.next()).rejects.toThrow(
      'late can make no id now: The lease ids/workers/* cannot be had now: all 3 of them are held',
    );
  });

  it('is given up with its lease: without a master no id is made, with one there is another number', async () => {
    const bench = new IdBench();
    const { ids } = bench.worker('a');
    expect(workerOf(await ids.next())).toBe(0);
    bench.linked = false;
    await bench.pass(9000);
    expect(workerOf(await ids.next())).toBe(0);
    await bench.pass(1000);
    await expect(ids.next()).rejects.toMatchObject({ code: 'IDS_UNAVAILABLE' });
    bench.linked = true;
    expect(workerOf(await ids.next())).toBe(1);
  });

  it('makes ids only for times that were written down', async () => {
    const bench = new IdBench();
    const { ids } = bench.worker('a');
    await ids.next();
    const marks = async () =>
      (await bench.service.take({ id: 'z', bootId: 'a life' }, { name: 'ids/workers/0', ttlMs: 1000 })).mark;
    expect(await marks()).toBe(start + 30_000);
  });

  it('has its ids written down ahead while it makes some, so that none waits for it', async () => {
    const bench = new IdBench();
    const { ids } = bench.worker('a');
    await ids.next();
    for (let turn = 0; turn < 60; turn++) {
      await bench.pass(1000);
      let made = false;
      void ids.next().then(() => {
        made = true;
      });
      await null;
      await null;
      expect(made).toBe(true);
    }
  });
});

/** What happens to two hosts that share one number, in any order. */
const steps = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ kind: fc.constant('make' as const), count: fc.integer({ min: 1, max: 50 }) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('restart' as const),
        skew: fc.integer({ min: -90_000, max: 90_000 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('step' as const),
        by: fc.integer({ min: -50_000, max: 50_000 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 40_000 }) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('cut' as const) }) },
  ),
  { maxLength: 12 },
);

describe('ids of all lives of a number', () => {
  it('rise from life to life, so that none is made twice, whatever the clocks of their hosts do', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        const bench = new IdBench(1);
        let lives = 0;
        let life = bench.worker('a', 'life 0');
        let highest = 0n;
        for (const step of all) {
          if (step.kind === 'step') life.wall.offset += step.by;
          else if (step.kind === 'pass') await bench.pass(step.ms);
          else if (step.kind === 'cut') bench.linked = !bench.linked;
          else if (step.kind === 'restart') {
            await life.stop();
            life = bench.worker('a', `life ${++lives}`);
            life.wall.offset = step.skew;
          } else {
            const made = await bench.done(
              Promise.allSettled(Array.from({ length: step.count }, () => life.ids.next())),
            );
            for (const one of made) {
              if (one.status === 'rejected') continue;
              expect(one.value).toBeGreaterThan(highest);
              highest = one.value;
            }
          }
        }
      }),
      { numRuns: 120 },
    );
  });
});
