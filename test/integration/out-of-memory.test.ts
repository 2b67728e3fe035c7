import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { eventually, TestGame } from '../helpers/cluster-process.js';

/** A group of processes that may have so much memory and no swap; both versions of cgroups. */
class MemoryGroup implements Disposable {
  readonly #folder: string;

  constructor(bytes: number) {
    const old = existsSync('/sys/fs/cgroup/memory');
    this.#folder = join('/sys/fs/cgroup', old ? 'memory' : '', `pomelo-ts-test-${process.pid}`);
    mkdirSync(this.#folder);
    writeFileSync(join(this.#folder, old ? 'memory.limit_in_bytes' : 'memory.max'), String(bytes));
    const swap = join(this.#folder, old ? 'memory.memsw.limit_in_bytes' : 'memory.swap.max');
    if (existsSync(swap)) writeFileSync(swap, old ? String(bytes) : '0');
  }

  add(pid: number): void {
    writeFileSync(join(this.#folder, 'cgroup.procs'), String(pid));
  }

  [Symbol.dispose](): void {
    rmdirSync(this.#folder);
  }
}

it('a server that the kernel kills for want of memory is told from one that somebody has killed', async () => {
  const env = { POMELO_TS_SECRET: 'of the integration tests' };
  const chat = [{ id: 'chat-1', behave: 'eat-memory' }, { id: 'chat-2' }];
  await using game = await TestGame.make({ chat }, { env, master: { restart: { limit: 1 } } });
  await game.run('start', '-D', '-e', 'production');
  using group = new MemoryGroup(64 * 1024 * 1024);
  const rows = await game.rows();
  group.add(rows['chat-1']!.pid!);
  const ended = (id: string) =>
    eventually(
      async () => (await game.rows())[id]!.state === 'failed' && (await game.rows())[id],
      id,
      30_000,
    );
  expect(await ended('chat-1')).toMatchObject({
    end: 'memory',
    lastError: 'out of memory (killed by the kernel)',
  });
  // long enough after that, a SIGKILL is one of somebody
  await eventually(
    async () => (await game.rows())['chat-2']!.uptime! > rows['chat-2']!.uptime! + 4,
    'a while',
  );
  process.kill(rows['chat-2']!.pid!, 'SIGKILL');
  expect(await ended('chat-2')).toMatchObject({ end: 'signal', lastError: 'signal SIGKILL' });
});
