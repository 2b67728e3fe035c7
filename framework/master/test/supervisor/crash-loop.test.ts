import { describe, expect, it } from 'vitest';
import { rowOf } from '../../src/servers/server-row.js';
import { Bench, entry, quiet } from '../supervisor-bench.js';

const restart = { minBackOffMs: 1000, maxBackOffMs: 4000, limit: 3, withinMs: 60_000 };

/** A server that is restarted, and what makes it crash. */
class CrashBench extends Bench {
  constructor(more: Parameters<typeof entry>[1] = {}) {
    super([entry('chat-1', { autoRestart: true, ...more })], { restart });
  }

  get lives() {
    return this.launcher.lives['chat-1']!;
  }

  get row() {
    return rowOf(this.supervisor.record('chat-1'), this.hub, this.clock.now());
  }

  async crash(exit: { code: number | null; signal: string | null; oom?: boolean }, ...lines: string[]) {
    const life = this.lives.at(-1)!;
    life.lines = lines;
    life.end(exit);
    await quiet();
  }
}

describe('a server that crashes again and again', () => {
  it('is given up as failed, with its last error, when it has crashed too often within the time', async () => {
    using bench = new CrashBench();
    await bench.start('chat-1');
    await bench.crash({ code: 1, signal: null });
    await bench.pass(1000);
    await bench.crash({ code: 1, signal: null });
    await bench.pass(2000);
    expect(bench.row).toMatchObject({ state: 'ready', restarts: 2 });
    await bench.crash({ code: 7, signal: null }, 'Error: the database is gone');
    await bench.pass(300_000);
    expect(bench.lives).toHaveLength(3);
    expect(bench.row).toMatchObject({
      state: 'failed',
      restarts: 2,
      end: 'exit',
      exit: 'exit code 7',
      lastError: 'exit code 7: Error: the database is gone',
    });
    expect(bench.row.pid).toBeUndefined();
    expect(bench.logged.at(-1)).toBe(
      'chat-1 A server has crashed too often and is given up; pomelo-ts start -i chat-1',
    );
  });

  it('counts only the crashes of the time that is set', async () => {
    using bench = new CrashBench();
    await bench.start('chat-1');
    for (let i = 0; i < 6; i++) {
      await bench.crash({ code: 1, signal: null });
      await bench.pass(31_000);
    }
    expect(bench.row).toMatchObject({ state: 'ready', restarts: 6 });
  });

  it('is counted anew when an operator starts it', async () => {
    using bench = new CrashBench();
    await bench.start('chat-1');
    for (let i = 0; i < 3; i++) {
      await bench.crash({ code: 1, signal: null });
      await bench.pass(2000);
    }
    expect(bench.state('chat-1')).toBe('failed');
    expect(await bench.start('chat-1')).toEqual(['chat-1']);
    expect(bench.row.lastError).toBeUndefined();
    await bench.crash({ code: 1, signal: null });
    await bench.pass(1000);
    expect(bench.row).toMatchObject({ state: 'ready' });
  });

  it('fails, too, when it does not get ready any more', async () => {
    using bench = new CrashBench();
    await bench.start('chat-1');
    bench.launcher.behaviour['chat-1'] = { ready: false };
    await bench.crash({ code: 1, signal: null });
    await bench.pass(30_000);
    expect(bench.row).toMatchObject({
      state: 'failed',
      lastError: expect.stringContaining('chat-1 did not report ready within 5000 ms'),
    });
  });
});

describe('the row of a server', () => {
  it('keeps the last error while it runs again', async () => {
    using bench = new CrashBench();
    await bench.start('chat-1');
    await bench.crash({ code: null, signal: 'SIGKILL', oom: true });
    await bench.pass(1000);
    expect(bench.row).toMatchObject({
      state: 'ready',
      end: 'memory',
      lastError: 'out of memory (killed by the kernel)',
    });
  });

  it('tells that it was killed as it hung', async () => {
    using bench = new CrashBench({ restartForce: true });
    await bench.start('chat-1');
    bench.lives[0]!.freeze();
    await bench.pass(20_000);
    expect(bench.row).toMatchObject({ state: 'ready', end: 'hang', restarts: 1 });
  });

  it('tells of a stop on purpose that it was one', async () => {
    using bench = new CrashBench();
    await bench.start('chat-1');
    await bench.stop('chat-1');
    expect(bench.row).toMatchObject({ state: 'down', end: 'stopped' });
    expect(bench.row.lastError).toBeUndefined();
  });

  it('keeps why a start failed', async () => {
    using bench = new CrashBench();
    bench.launcher.behaviour['chat-1'] = { exitCode: 3 };
    await expect(bench.start('chat-1')).rejects.toThrow('exit code 3');
    expect(bench.row).toMatchObject({ state: 'down', lastError: 'exit code 3' });
  });
});
