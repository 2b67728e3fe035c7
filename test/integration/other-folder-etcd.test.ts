import { cpSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, type RunningCommand, TestGame, type TestRow } from '../helpers/cluster-process.js';
import { EtcdCluster } from '../helpers/etcd.js';
import { freePort } from '../helpers/free-port.js';

/* Masters of two folders, as a release and the next one, that share an etcd: none ends what the other one runs. */

const env = { POMELO_TS_SECRET: 'of the integration tests, and long enough' };
const ids = ['chat-1', 'chat-2'];

let etcd: EtcdCluster;
beforeAll(async () => {
  etcd = await EtcdCluster.up(1);
});
afterAll(() => etcd?.[Symbol.asyncDispose]());

/** A game that runs, and another folder that is laid out to be its next release. */
async function started(prefix: string) {
  const chat = await Promise.all(ids.map(async (id) => ({ id, port: await freePort() })));
  const masters = [
    { host: '127.0.0.1', port: await freePort() },
    { host: '127.0.0.1', port: await freePort() },
  ];
  const store = { kind: 'etcd', endpoints: etcd.endpoints, ttl: '2s', prefix };
  const make = async () => {
    const game = await TestGame.make({ chat }, { ownBoot: true, env, master: { masters, store } });
    game.write('package.json', { type: 'module' });
    writeFileSync(join(game.root, 'app.js'), 'export default { setUp() {} };');
    return game;
  };
  const [first, next] = await Promise.all([make(), make()]);
  cpSync(join(first.root, 'config'), join(next.root, 'config'), { recursive: true });
  const master = first.begin('start', '-e', 'production');
  await master.says('2 servers ready');
  return { first, next, master };
}

const pidsOf = (rows: Record<string, TestRow>) => ids.map((id) => rows[id]?.pid);

async function crash({ child, ended }: RunningCommand): Promise<void> {
  child.kill('SIGKILL');
  await ended;
}

/** Stops all that the first game runs, as its next master finds it. */
async function takenOverAndStopped(first: TestGame, before: Record<string, TestRow>): Promise<void> {
  const again = first.begin('start', '-e', 'production');
  await again.says('2 servers taken over: chat-1, chat-2');
  const after = await first.rows();
  expect(pidsOf(after)).toEqual(pidsOf(before));
  for (const id of ids) expect(after[id]).toMatchObject({ state: 'ready', restarts: 0 });
  expect((await first.run('stop')).code).toBe(0);
  await again.ended;
}

describe('a master of another folder, with an etcd that is shared', () => {
  it('does not begin to stand by, nor to lead, while servers run from the first folder, which it names', async () => {
    const { first, next, master } = await started('standing/');
    await using _ = first;
    await using __ = next;
    const before = await first.rows();
    const refusal = `run already, from the folder ${first.root}. Nothing was touched`;
    const standby = await next.run('start', '-e', 'production');
    expect(standby).toMatchObject({ code: 1, stderr: expect.stringContaining(refusal) });
    expect(standby.stdout).not.toContain('standby');
    const daemon = await next.run('start', '-D', '-e', 'production');
    expect(daemon).toMatchObject({ code: 1, stderr: expect.stringContaining(refusal) });
    await crash(master);
    const leading = await next.run('start', '-e', 'production');
    expect(leading).toMatchObject({ code: 1, stderr: expect.stringContaining(refusal) });
    await takenOverAndStopped(first, before);
    const free = next.begin('start', '-e', 'production');
    await free.says('2 servers ready');
    expect((await next.run('stop')).code).toBe(0);
    await free.ended;
  });

  it('that stands by already gives the lead up when it comes to it, and a master of the first folder takes over', async () => {
    const { first, next, master } = await started('leading/');
    await using _ = first;
    await using __ = next;
    await first.run('stop', ...ids);
    const standby = next.begin('start', '-e', 'production');
    await standby.says('standby: the master at');
    await first.run('start');
    const before = await first.rows();
    await crash(master);
    const { code, stderr } = await standby.ended;
    expect(stderr).toContain(`run already, from the folder ${first.root}. Nothing was touched`);
    expect(code).toBe(1);
    await eventually(() => pidsOf(before).every((pid) => first.pids().includes(pid!)), 'that they play on');
    await takenOverAndStopped(first, before);
  });

  it('takes over what runs where both folders have one `.pomelo-ts`, and restarts it as its own', async () => {
    const { first, next, master } = await started('linked/');
    await using _ = first;
    await using __ = next;
    const before = await first.rows();
    rmSync(join(next.root, '.pomelo-ts'), { recursive: true, force: true });
    symlinkSync(join(first.root, '.pomelo-ts'), join(next.root, '.pomelo-ts'));
    master.child.kill('SIGTERM');
    await master.ended;
    const taking = next.begin('start', '-e', 'production');
    await taking.says('2 servers taken over: chat-1, chat-2');
    expect(pidsOf(await next.rows())).toEqual(pidsOf(before));
    expect((await next.run('restart', '--watch', '100ms')).code).toBe(0);
    const folders = pidsOf(await next.rows()).map((pid) => readlinkSync(`/proc/${pid}/cwd`));
    expect(folders).toEqual([next.root, next.root]);
    expect((await next.run('stop')).code).toBe(0);
    await taking.ended;
  });
});
