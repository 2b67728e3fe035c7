import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { eventually, TestGame } from '../helpers/cluster-process.js';

/** A small disk of its own in place of a folder. */
class SmallDisk implements Disposable {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder]);
  }

  fill(): void {
    spawnSync('dd', ['if=/dev/zero', `of=${join(this.#folder, 'filler')}`, 'bs=4k']);
  }

  makeRoom(): void {
    rmSync(join(this.#folder, 'filler'));
  }

  [Symbol.dispose](): void {
    execFileSync('umount', ['--lazy', this.#folder]);
  }
}

it('a master that begins while the disk is full takes over what runs, starts what crashes, and can be asked once there is room', async () => {
  const chat = [
    { id: 'chat-1', port: 6191 },
    { id: 'chat-2', port: 6192 },
  ];
  await using game = await TestGame.make({ chat }, { env: { POMELO_TS_SECRET: 'of the integration tests' } });
  using own = new SmallDisk(join(game.root, '.pomelo-ts'));
  using logs = new SmallDisk(join(game.root, 'logs'));
  const first = game.begin('start', '-e', 'production');
  await first.says('2 servers ready');
  const before = await game.rows();
  for (const disk of [own, logs]) disk.fill();
  first.child.kill('SIGKILL');
  await first.ended;
  const next = await game.run('start', '-D', '-e', 'production');
  expect(next.stdout).toContain('2 servers of a former master came back: chat-1, chat-2');
  process.kill(before['chat-1']!.pid!, 'SIGKILL');
  const pids = await eventually(() => {
    const now = game.pids().filter((pid) => pid !== before['chat-1']!.pid);
    return now.length === 3 && now; // two servers and the master
  }, 'another life of chat-1');
  expect(pids).toContain(before['chat-2']!.pid);
  for (const disk of [own, logs]) disk.makeRoom();
  const rows = await eventually(
    async () => {
      const now = await game.rows().catch(() => undefined); // the master has not told yet where it is
      return now?.['chat-1']?.state === 'ready' && now;
    },
    'a master that tells where it is',
    20_000,
  );
  expect(rows['chat-2']).toMatchObject({ state: 'ready', pid: before['chat-2']!.pid });
  expect((await game.run('stop')).code).toBe(0);
});
