import { silentLogger } from '@pomelo-ts/common';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { idAt, msOfId, risingWorker } from '../../src/ids/id-layout.js';
import { RisingGenerator } from '../../src/ids/rising-generator.js';
import { LeaseBench } from '../lease/lease-bench.js';
import { poll } from '../poll.js';
import { type RunningGame, startGame } from '../running-game.js';

const start = Date.UTC(2026, 0, 1);

/** Servers that stand for making rising ids. */
class GeneratorBench extends LeaseBench {
  readonly wall = { offset: 0 };

  generator(id: string): RisingGenerator {
    const generator = new RisingGenerator({
      serverId: id,
      leases: this.server(id),
      clock: this.clock,
      logger: silentLogger,
      wallTime: () => start + this.clock.now() + this.wall.offset,
    });
    void generator.run();
    return generator;
  }
}

describe('the generator of rising ids', () => {
  it('is one of those that stand for it; the others refuse', async () => {
    const bench = new GeneratorBench();
    const [a, b] = [bench.generator('a'), bench.generator('b')];
    await bench.pass(1000);
    expect([a.active, b.active]).toEqual([true, false]);
    expect(await a.take(1)).toBe(idAt(start + 1000, risingWorker, 0));
    await expect(b.take(1)).rejects.toThrow('b can make no id now: it is not the active generator');
  });

  it('gives ranges that rise, whatever its clock does', async () => {
    const bench = new GeneratorBench();
    const generator = bench.generator('a');
    await bench.pass(1000);
    const first = await generator.take(1000);
    expect(await generator.take(1)).toBe(first + 1000n);
    bench.wall.offset = -3_600_000;
    expect(await generator.take(1)).toBe(first + 1001n);
    bench.wall.offset = 60_000;
    expect(msOfId(await generator.take(1))).toBe(start + 61_000);
  });

  it('goes ahead of its clock when more are asked for than fit into a ms', async () => {
    const bench = new GeneratorBench();
    const generator = bench.generator('a');
    await bench.pass(1000);
    const made = [await generator.take(4096), await generator.take(4096), await generator.take(1)];
    expect(made.map(msOfId)).toEqual([start + 1000, start + 1001, start + 1002]);
    await expect(generator.take(4097)).rejects.toThrow('expected 1 to 4096 ids, got 4097');
    await expect(generator.take(0)).rejects.toThrow(RangeError);
  });

  it('is taken over above all ids that there were, when its server retires', async () => {
    const bench = new GeneratorBench();
    const [a, b] = [bench.generator('a'), bench.generator('b')];
    await bench.pass(1000);
    const last = await a.take(4000);
    await a.close();
    expect(a.active).toBe(false);
    bench.wall.offset = -60_000;
    await bench.pass(2000);
    expect(b.active).toBe(true);
    expect(await b.take(1)).toBeGreaterThan(last + 3999n);
  });

  it('refuses once its lease is lost, and stands for it again', async () => {
    const bench = new GeneratorBench();
    const generator = bench.generator('a');
    await bench.pass(1000);
    const before = await generator.take(1);
    bench.linked = false;
    await bench.pass(11_000);
    await expect(generator.take(1)).rejects.toMatchObject({ code: 'IDS_UNAVAILABLE' });
    bench.linked = true;
    await bench.pass(2000);
    expect(await generator.take(1)).toBeGreaterThan(before);
  });

  it('never gives an id that is not above all before it, through any changes of the office', async () => {
    const change = fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({
          kind: fc.constant('take' as const),
          count: fc.integer({ min: 1, max: 4096 }),
        }),
      },
      fc.record({ kind: fc.constant('step' as const), by: fc.integer({ min: -50_000, max: 50_000 }) }),
      fc.record({ kind: fc.constant('end' as const), which: fc.integer({ min: 0, max: 2 }) }),
      fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 20_000 }) }),
      fc.record({ kind: fc.constant('cut' as const) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 14 }), async (changes) => {
        const bench = new GeneratorBench();
        const all = ['a', 'b', 'c'].map((id) => bench.generator(id));
        await bench.pass(1000);
        let highest = 0n;
        for (const one of changes) {
          if (one.kind === 'step') bench.wall.offset += one.by;
          else if (one.kind === 'pass') await bench.pass(one.ms);
          else if (one.kind === 'cut') bench.linked = !bench.linked;
          else if (one.kind === 'end') await all[one.which]!.close();
          else
            for (const generator of all) {
              const first = await generator.take(one.count).catch(() => undefined);
              if (first === undefined) continue;
              expect(first).toBeGreaterThan(highest);
              highest = first + BigInt(one.count - 1);
            }
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('app.ids', () => {
  const startWith = (settings: object): Promise<RunningGame> =>
    startGame({
      servers: { chat: [{ id: 'chat-1' }, { id: 'chat-2' }], arena: [{ id: 'arena-1' }] },
      config: { settings },
    });

  it('makes ids as text and as bigint, other ones on each server', async () => {
    await using game = await startWith({});
    const { ids } = game.app('chat-1');
    const text = await ids.next();
    expect(text).toMatch(/^\d{18,19}$/);
    expect(await ids.nextBigInt()).toBeGreaterThan(BigInt(text));
    const other = await game.app('chat-2').ids.nextBigInt();
    expect((other >> 12n) & 1023n).not.toBe((BigInt(text) >> 12n) & 1023n);
  });

  it('has rising ones from one server of the named type, whoever asks, and from the next when that one stops', async () => {
    await using game = await startWith({ ids: { generatorType: 'chat' } });
    const order = ['arena-1', 'chat-1', 'chat-2', 'arena-1'];
    const all: bigint[] = [];
    const round = async (): Promise<void> => {
      for (const id of order) {
        const app = game.servers.get(id)?.app;
        if (app) all.push(await app.ids.monotonic.nextBigInt());
      }
      const { ids } = game.app('arena-1');
      all.push(...(await Promise.all(Array.from({ length: 2500 }, () => ids.monotonic.nextBigInt()))));
    };
    await round();
    await game.stop('chat-1');
    await poll(() => game.hub.registry.get('chat-1')).toBeUndefined();
    await round();
    expect(all.every((id, index) => index === 0 || id > all[index - 1]!)).toBe(true);
    expect(await game.app('arena-1').ids.monotonic.next()).toMatch(/^\d+$/);
  });
});
