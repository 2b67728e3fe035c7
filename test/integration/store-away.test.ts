import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { eventually, TestGame } from '../helpers/cluster-process.js';
import { EtcdCluster } from '../helpers/etcd.js';
import { freePort } from '../helpers/free-port.js';

const patienceMs = 60_000;

/** The values of a metric by server and the label at its end; undefined while nobody tells. */
async function valuesAt(port: number, name: string): Promise<Record<string, number> | undefined> {
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`).catch(() => undefined);
  const lines = (await answer?.text())?.matchAll(
    new RegExp(`^${name}\\{server="([^"]+)".*,\\w+="([^"]+)"\\} (\\S+)$`, 'gm'),
  );
  return (
    lines && Object.fromEntries([...lines].map(([, id, label, value]) => [`${id} ${label}`, Number(value)]))
  );
}

it('the store of a master goes away and comes back: its opsPort tells so while it leads, and while nobody does; disks of all are told beside', async () => {
  await using etcd = await EtcdCluster.up(1);
  const [port, opsPort] = [await freePort(), await freePort()];
  const store = { kind: 'etcd', endpoints: etcd.endpoints, ttl: '3s', prefix: 'away/' };
  const master = { port, opsPort, masters: [{ host: '127.0.0.1', port }], store };
  await using game = await TestGame.make({ chat: [{ id: 'chat-1', port: await freePort() }] }, { master });
  mkdirSync(join(game.root, '.pomelo-ts'), { mode: 0o700 });
  const secret = randomBytes(32).toString('hex');
  writeFileSync(join(game.root, '.pomelo-ts/secret'), secret, { mode: 0o600 });
  const running = game.begin('start', '-e', 'production');
  await running.says('1 server ready');
  const isUp = async () => (await valuesAt(opsPort, 'pomelo_store_up'))?.['master etcd'];
  const leads = async () => Object.keys((await valuesAt(opsPort, 'pomelo_leader')) ?? {}).length === 1;
  await eventually(async () => (await isUp()) === 1 && (await leads()), 'a master that leads', patienceMs);
  const disks = await eventually(async () => {
    const free = (await valuesAt(opsPort, 'pomelo_disk_free_bytes')) ?? {};
    return free['master logs']! > 0 && free;
  }, 'the disk of the master');
  expect(disks).toEqual({ 'master logs': expect.any(Number), 'master state': Number.NaN });
  const sizes = await valuesAt(opsPort, 'pomelo_disk_size_bytes');
  expect(sizes?.['master logs']).toBeGreaterThan(disks['master logs']!);

  await etcd.kill(0);
  const isAway = async () => (await isUp()) === 0 && !(await leads());
  await eventually(isAway, 'word of the store, of a master that leads no more', patienceMs);
  const health = await fetch(`http://127.0.0.1:${opsPort}/health`);
  expect(await health.json()).toMatchObject({
    components: { store: { status: 'DEGRADED', cause: expect.stringContaining('does not answer') } },
  });
  expect((await fetch(`http://127.0.0.1:${opsPort}/readyz`)).status).toBe(503);

  await etcd.begin(0);
  await eventually(
    async () => (await isUp()) === 1 && (await leads()),
    'a master that leads again',
    patienceMs,
  );
  expect((await game.run('stop')).code).toBe(0);
});
