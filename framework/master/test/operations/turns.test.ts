import { describe, expect, it } from 'vitest';
import { type Needs, OperationTurns, type Widen } from '../../src/operations/turns.js';
import { quiet } from '../supervisor-bench.js';

const busyWith = (operation: string) =>
  `The master is busy with ${operation}: wait for its end, or end everything with pomelo-ts kill.`;

const servers = (...ids: string[]): Needs => ({ servers: ids, topology: false });
const topology = (...ids: string[]): Needs => ({ servers: ids, topology: true });
const everything: Needs = { servers: 'all', topology: true };

/** Operations that end when they are told to, and what happened in order. */
class Bench {
  readonly turns = new OperationTurns();
  readonly told: string[] = [];
  readonly end: Record<string, (error?: Error) => void> = {};
  readonly widen: Record<string, Widen> = {};

  run(name: string, needs: Needs, signal?: AbortSignal): Promise<string> {
    const work = (widen: Widen) =>
      new Promise<string>((resolve, reject) => {
        this.told.push(`${name} begins`);
        this.widen[name] = widen;
        this.end[name] = (error) => {
          this.told.push(`${name} ends`);
          if (error) reject(error);
          else resolve(`done: ${name}`);
        };
      });
    const onWait = (operation: string) => this.told.push(`${name} waits for ${operation}`);
    return this.turns.take({ name, needs, onWait, ...(signal && { signal }) }, work);
  }

  async over(name: string): Promise<void> {
    this.end[name]!();
    await quiet();
  }
}

describe('operations of a master', () => {
  it('on the same server are done one after the other, and each is told what it waits for', async () => {
    const bench = new Bench();
    const first = bench.run('restart of chat-1', servers('chat-1'));
    await quiet();
    const second = bench.run('stop of chat-1', servers('chat-1'));
    await quiet();
    await bench.over('restart of chat-1');
    await bench.over('stop of chat-1');
    expect(await Promise.all([first, second])).toEqual(['done: restart of chat-1', 'done: stop of chat-1']);
    expect(bench.told).toEqual([
      'restart of chat-1 begins',
      'stop of chat-1 waits for restart of chat-1',
      'restart of chat-1 ends',
      'stop of chat-1 begins',
      'stop of chat-1 ends',
    ]);
  });

  it('on other servers, and an addition of servers, go side by side', async () => {
    const bench = new Bench();
    const all = [
      bench.run('restart of chat', servers('chat-1', 'chat-2')),
      bench.run('restart of connector-1', servers('connector-1')),
      bench.run('add', topology()),
    ];
    await quiet();
    expect(bench.told).toEqual(['restart of chat begins', 'restart of connector-1 begins', 'add begins']);
    for (const name of ['add', 'restart of connector-1', 'restart of chat']) await bench.over(name);
    await Promise.all(all);
  });

  it('that change which servers there are wait for each other, and a removal for whoever works on its server', async () => {
    const bench = new Bench();
    void bench.run('restart of chat-1', servers('chat-1'));
    void bench.run('add', topology());
    await quiet();
    void bench.run('remove of chat-1', topology('chat-1'));
    await quiet();
    expect(bench.told.at(-1)).toBe('remove of chat-1 waits for restart of chat-1');
    await bench.over('restart of chat-1');
    expect(bench.told.at(-1)).toBe('remove of chat-1 waits for add');
    await bench.over('add');
    expect(bench.told.at(-1)).toBe('remove of chat-1 begins');
    await bench.over('remove of chat-1');
  });

  it('take servers that have just been added as well', async () => {
    const bench = new Bench();
    void bench.run('add', topology());
    await quiet();
    bench.widen['add']!(['chat-9']);
    void bench.run('stop of chat-9', servers('chat-9'));
    await quiet();
    expect(bench.told.at(-1)).toBe('stop of chat-9 waits for add');
    await bench.over('add');
    await bench.over('stop of chat-9');
  });

  it('that need everything are not kept waiting by ever more that need little', async () => {
    const bench = new Bench();
    void bench.run('restart 0', servers('chat-0'));
    const apply = bench.run('apply', everything);
    for (let n = 1; n <= 20; n++) void bench.run(`restart ${n}`, servers(`chat-${n}`));
    await quiet();
    expect(bench.told).not.toContain('restart 1 begins');
    await bench.over('restart 0');
    expect(bench.told.at(-1)).toBe('apply begins');
    await bench.over('apply');
    await apply;
    expect(bench.told.filter((line) => line.endsWith('begins'))).toHaveLength(22);
  });

  it('come to no deadlock, whatever they need and in whatever order', async () => {
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % below;
    };
    const turns = new OperationTurns();
    const held = new Set<string>();
    let done = 0;
    const jobs = Array.from({ length: 190 }, async (_, n) => {
      const ids = [...new Set(Array.from({ length: 1 + random(4) }, () => `s-${random(6)}`))];
      const needs: Needs =
        random(12) === 0 ? everything : random(5) === 0 ? topology(...ids) : servers(...ids);
      const keys = needs.servers === 'all' ? ['s-0', 's-1', 's-2', 's-3', 's-4', 's-5'] : [...ids];
      if (needs.topology) keys.push('topology');
      await turns.take({ name: String(n), needs, onWait: () => {} }, async () => {
        for (const key of keys) expect(held.has(key)).toBe(false);
        for (const key of keys) held.add(key);
        await new Promise((resolve) => setImmediate(resolve));
        for (const key of keys) held.delete(key);
        done++;
      });
    });
    await Promise.all(jobs);
    expect(done).toBe(190);
  });

  it('go on after one that failed', async () => {
    const bench = new Bench();
    const first = expect(bench.run('a', everything)).rejects.toThrow('of the test');
    const second = bench.run('b', everything);
    await quiet();
    bench.end['a']!(new Error('of the test'));
    await first;
    await quiet();
    bench.end['b']!();
    expect(await second).toBe('done: b');
  });

  it('that are ended while they wait keep nobody from going on', async () => {
    const bench = new Bench();
    void bench.run('a', servers('chat-1'));
    await quiet();
    const stop = new AbortController();
    const waiting = expect(bench.run('b', everything, stop.signal)).rejects.toThrow('ended');
    const third = bench.run('c', servers('chat-2'));
    await quiet();
    expect(bench.told.at(-1)).toBe('c waits for b');
    stop.abort(new Error('ended'));
    await waiting;
    await quiet();
    expect(bench.told.at(-1)).toBe('c begins');
    await bench.over('c');
    await third;
    await bench.over('a');
  });

  it('keep the last one away while they are under way, unless it may interrupt; those that wait are refused then', async () => {
    const bench = new Bench();
    const running = bench.run('start of chat-1', servers('chat-1'));
    await quiet();
    expect(() => bench.turns.beginLast('stop of the cluster', false)).toThrow(busyWith('start of chat-1'));
    const waiting = expect(bench.run('stop of chat-1', servers('chat-1'))).rejects.toThrow(
      busyWith('stop of the cluster'),
    );
    bench.turns.beginLast('stop of the cluster', true);
    await waiting; // while the other one still runs
    bench.end['start of chat-1']!();
    await running;
    expect(bench.told).not.toContain('stop of chat-1 begins');
  });

  it('are refused after the last one, and so is another last one', async () => {
    const bench = new Bench();
    bench.turns.beginLast('stop of the cluster', false);
    await expect(bench.run('start of chat-1', servers('chat-1'))).rejects.toThrow(
      busyWith('stop of the cluster'),
    );
    expect(() => bench.turns.beginLast('stop of the cluster', false)).toThrow(
      busyWith('stop of the cluster'),
    );
  });

  it('are refused when too many wait', async () => {
    const bench = new Bench();
    void bench.run('first', everything);
    for (let n = 0; n < 200; n++) bench.run(`wait ${n}`, everything).catch(() => {});
    await expect(bench.run('one more', servers('chat-1'))).rejects.toThrow(
      busyWith('200 operations that wait'),
    );
  });
});
