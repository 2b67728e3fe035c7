import { join } from 'node:path';
import { expect, it } from 'vitest';
import { AdminClient } from '../helpers/admin-client.js';
import { eventually } from '../helpers/cluster-process.js';
import { freePort } from '../helpers/free-port.js';
import { lookedAtGame } from '../helpers/looked-at-game.js';
import { SmallDisk } from '../helpers/small-disk.js';

it('a full disk under the audit log has the admin refuse changes and not looks, until there is room again', async () => {
  const port = await freePort();
  let disk: SmallDisk | undefined;
  await using looked = await lookedAtGame({ admin: { port, secondFactor: 'optional' } }, (root) => {
    disk = new SmallDisk(join(root, '.pomelo-ts/audit'), 256);
  });
  using small = disk!;
  const admin = new AdminClient(port);
  const link = /http:\S+#setup=\S+/.exec(looked.game.said)?.[0];
  expect((await admin.setUp(link ?? '#setup=none')).status).toBe(200);
  const undrain = async () => {
    const { status, body } = await admin.operate('servers.undrain', { ids: ['chat-1'] });
    return [status, body?.error?.code];
  };
  expect(await undrain()).toEqual([200, undefined]);
  small.fill();
  // what is left of the last block takes some records yet
  await eventually(async () => (await undrain())[1] === 'AUDIT_UNWRITABLE', 'the end of the room', 30_000);
  expect(await undrain()).toEqual([503, 'AUDIT_UNWRITABLE']);
  const kill = await admin.operate('servers.kill', { ids: ['chat-1'] });
  expect(kill.body.error.code).toBe('AUDIT_UNWRITABLE');
  expect((await new AdminClient(port).signIn('admin')).body.error.code).toBe('AUDIT_UNWRITABLE');
  for (const [verb, args] of [
    ['servers.list', {}],
    ['views.read', { view: 'servers' }],
    ['views.past', { span: '10m' }],
  ] as const)
    expect([verb, (await admin.operate(verb, args)).status]).toEqual([verb, 200]);
  expect((await looked.game.rows())['chat-1']).toMatchObject({ state: 'ready' });
  const health = await eventually(async () => {
    const { body } = await admin.operate('views.read', { view: 'problems' });
    const all = JSON.stringify(body.answer);
    return all.includes('audit') && all;
  }, 'the problem on the page');
  expect(health).toContain('audit');
  small.makeRoom();
  await eventually(async () => (await undrain())[0] === 200, 'changes again', 30_000);
  expect((await new AdminClient(port).signIn('admin')).status).toBe(200);
  const verified = await looked.game.run('audit', 'verify');
  expect([verified.code, verified.stderr]).toEqual([0, '']);
  expect((await looked.game.run('stop', '-e', 'production')).code).toBe(0);
}, 120_000);
