import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestGame } from '../../helpers/cluster-process.js';
import { allReady, manyHosts, pidsOf, rowsOnce, serversOn } from '../../helpers/many-hosts.js';
import { type LabHost, NetLab } from '../../helpers/netlab.js';

let lab: NetLab;
let second: LabHost;
beforeAll(async () => {
  lab = await NetLab.up(2);
  second = lab.hosts[1]!;
});
afterAll(() => lab?.[Symbol.asyncDispose]());

const folders = (game: TestGame) => ['.pomelo-ts', 'logs'].map((name) => join(game.root, name));

/** Has a command done on the second host. */
async function there(command: string): Promise<void> {
  const [code] = await once(second.begin('sh', ['-c', command]), 'close');
  expect(code, command).toBe(0);
}

/** Gives the game small disks of their own on the second host, and fills them. */
async function fillDisks(game: TestGame): Promise<void> {
  for (const folder of folders(game)) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    await there(
      `mount -t tmpfs -o size=64k tmpfs ${folder} && (cat /dev/zero > ${folder}/filler || true) 2>/dev/null`,
    );
  }
}

/** The same disks, broken in another way: the kernel lets nobody write to them any more. */
const readOnly = async (game: TestGame) => {
  for (const folder of folders(game)) await there(`mount -o remount,ro ${folder}`);
};

const unmount = async (game: TestGame) => {
  for (const folder of folders(game)) await there(`umount -l ${folder}`);
};

const times = { stopTimeout: '1s', restart: { minBackOff: '200ms' } };

describe('a host whose disk is full', () => {
  for (const [kind, ruin] of [
    ['full', async () => {}],
    ['read-only, as after a fault', readOnly],
  ] as const)
    it(`(${kind}) is told of at the start, has its servers taken over by the next master, and stopped by that`, async () => {
      await using game = await manyHosts(lab, { perHost: 1, master: times });
      await fillDisks(game);
      await ruin(game);
      const master = game.begin('start', '-e', 'production');
      await master.says('2 servers ready');
      expect(master.stderr).toContain(`nothing can be written to .pomelo-ts/ on ${second.address} (E`);
      expect(master.stderr).not.toContain(`on ${lab.hosts[0]!.address} (E`);
      const before = await game.rows();
      const doctor = await game.run('doctor', '-e', 'production');
      expect(doctor.stdout).toMatch(/^✖ disk {5}nothing can be written to logs\/ on 10\.77\.0\.12: E/m);
      master.child.kill('SIGKILL');
      await master.ended;
      const next = game.begin('start', '-e', 'production');
      await next.says('2 servers of a former master came back: chat-1-1, chat-2-1');
      const after = await rowsOnce(game, allReady, 'both servers');
      expect(pidsOf(after)).toEqual(pidsOf(before));
      expect((await game.run('stop', '-e', 'production')).code).toBe(0);
      await next.ended;
      expect(lab.hosts.flatMap(serversOn)).toEqual([]);
      await unmount(game);
    });

  it('has its servers started again after a crash, and killed without a master', async () => {
    await using game = await manyHosts(lab, { perHost: 1, master: times, fields: { 'auto-restart': true } });
    await fillDisks(game);
    const master = game.begin('start', '-e', 'production');
    await master.says('2 servers ready');
    const before = await game.rows();
    process.kill(serversOn(second)[0]!, 'SIGKILL');
    const isNew = (pid: number | undefined) => pid !== undefined && pid !== before['chat-2-1']!.pid;
    await rowsOnce(game, (rows) => allReady(rows) && isNew(rows['chat-2-1']!.pid), 'a new life of chat-2-1');
    expect(master.stdout).toContain('A host needs to be looked at.');
    master.child.kill('SIGKILL');
    await master.ended;
    const killed = await game.run('kill', '-e', 'production');
    expect(killed).toMatchObject({ code: 0, stdout: '2 servers killed\n' });
    expect(lab.hosts.flatMap(serversOn)).toEqual([]);
    await unmount(game);
  });
});
