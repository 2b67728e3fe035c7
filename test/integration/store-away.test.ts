import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { eventually, TestGame } from '../helpers/cluster-process.js';
import { EtcdCluster } from '../helpers/etcd.js';
import { freePort } from '../helpers/free-port.js';

const patienceMs = 60_000;

/** What a port for metrics and health answers; undefined while there is none. */
async function readAt(port: number, path: string): Promise<string | undefined> {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`).catch(() => undefined);
  return answer?.text().catch(() => undefined);
}

/** The values of a metric by the label at its end. */
function valuesIn(text: string | undefined, name: string): Record<string, number> {
  const lines = (text ?? '').matchAll(new RegExp(`^${name}\\{.*,\\w+="([^"]+)"\\} (\\S+)$`, 'gm'));
  return Object.fromEntries([...lines].map(([, label, value]) => [label, Number(value)]));
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
  /** Whether the store answers, and whether this master leads, as one answer says. */
  const told = async () => {
    const text = await readAt(opsPort, '/metrics');
    const leads = Object.keys(valuesIn(text, 'pomelo_leader')).length === 1;
    return text === undefined
      ? 'nothing'
      : `store ${valuesIn(text, 'pomelo_store_up')['etcd']}, leads ${leads}`;
  };
  const says = (what: string) => eventually(async () => (await told()) === what, what, patienceMs);
  await says('store 1, leads true');
  const disks = await eventually(async () => {
    const text = await readAt(opsPort, '/metrics');
    const [free, size] = ['free', 'size'].map((one) => valuesIn(text, `pomelo_disk_${one}_bytes`));
    return free!['logs']! > 0 && { free: free!, size: size! };
  }, 'the disk of the master');
  expect(disks.free).toEqual({ logs: expect.any(Number), state: Number.NaN });
  expect(disks.size['logs']).toBeGreaterThan(disks.free['logs']!);

  await etcd.kill(0);
  await says('store 0, leads false');
  expect(JSON.parse((await readAt(opsPort, '/health'))!)).toMatchObject({
    components: { store: { status: 'DEGRADED', cause: expect.stringContaining('does not answer') } },
  });
  expect((await fetch(`http://127.0.0.1:${opsPort}/readyz`)).status).toBe(503);

  await etcd.begin(0);
  await says('store 1, leads true');
  expect((await game.run('stop')).code).toBe(0);
});
