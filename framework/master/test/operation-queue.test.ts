import { describe, expect, it } from 'vitest';
import { OperationQueue } from '../src/operation-queue.js';

const busyWith = (operation: string) =>
  `The master is busy with ${operation}: wait for its end, or end everything with pomelo-ts kill.`;

/** Operations that end when they are told to, and what happened in order. */
class Bench {
  readonly queue = new OperationQueue();
  readonly told: string[] = [];
  readonly end: Record<string, (error?: Error) => void> = {};

  run(name: string): Promise<string> {
    const work = () =>
      new Promise<string>((resolve, reject) => {
        this.told.push(`${name} begins`);
        this.end[name] = (error) => {
          this.told.push(`${name} ends`);
          if (error) reject(error);
          else resolve(`done: ${name}`);
        };
      });
    return this.queue.run(name, work, (operation) => this.told.push(`${name} waits for ${operation}`));
  }
}

const quiet = () => new Promise((resolve) => setImmediate(resolve));

describe('operations of a master', () => {
  it('are done one after the other, and each is told what it waits for', async () => {
    const bench = new Bench();
    const first = bench.run('restart of chat-1');
    const second = bench.run('stop of gate-1');
    await quiet();
    bench.end['restart of chat-1']!();
    expect(await first).toBe('done: restart of chat-1');
    await quiet();
    bench.end['stop of gate-1']!();
    expect(await second).toBe('done: stop of gate-1');
    expect(bench.told).toEqual([
      'stop of gate-1 waits for restart of chat-1',
      'restart of chat-1 begins',
      'restart of chat-1 ends',
      'stop of gate-1 begins',
      'stop of gate-1 ends',
    ]);
  });

  it('go on after one that failed', async () => {
    const bench = new Bench();
    const first = expect(bench.run('a')).rejects.toThrow('of the test');
    const second = bench.run('b');
    await quiet();
    bench.end['a']!(new Error('of the test'));
    await first;
    await quiet();
    bench.end['b']!();
    expect(await second).toBe('done: b');
  });

  it('keep the last one away while they are under way, unless it may interrupt', async () => {
    const bench = new Bench();
    const running = bench.run('start of chat-1');
    await quiet();
    expect(() => bench.queue.beginLast('stop of all servers', false)).toThrow(busyWith('start of chat-1'));
    const waiting = expect(bench.run('stop of chat-2')).rejects.toThrow(busyWith('stop of all servers'));
    bench.queue.beginLast('stop of all servers', true);
    bench.end['start of chat-1']!();
    await running;
    await waiting;
    expect(bench.told).not.toContain('stop of chat-2 begins');
  });

  it('are refused after the last one, and so is another last one', async () => {
    const bench = new Bench();
    bench.queue.beginLast('stop of all servers', false);
    expect(() => bench.run('start of chat-1')).toThrow(busyWith('stop of all servers'));
    expect(() => bench.queue.beginLast('stop of all servers', false)).toThrow(
      busyWith('stop of all servers'),
    );
  });
});
