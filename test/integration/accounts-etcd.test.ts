import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EtcdStore } from '@pomelo-ts/adapters/coordination-etcd';
import { totpAt } from '@pomelo-ts/master/internal';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AdminClient, codeOf } from '../helpers/admin-client.js';
import { eventually, type RunningCommand, TestGame } from '../helpers/cluster-process.js';
import { EtcdCluster } from '../helpers/etcd.js';
import { freePort } from '../helpers/free-port.js';

/*
 * Two masters with an etcd and a folder each, as on two hosts: who may sign in at one may do so at the other. The tests go on from each
 * other. Masters end by SIGTERM, by which the next one leads at once: the lease is so long that a busy machine loses it to nobody.
 */

const patienceMs = 60_000;
const production = ['-e', 'production'];

interface Place {
  readonly game: TestGame;
  readonly adminPort: number;
}

let etcd: EtcdCluster;
let bare: EtcdStore;
let places: readonly [Place, Place];
let masters: RunningCommand[];
/** What the first account signs in with. */
let totp: string;
const keys: Record<string, { readonly id: string; readonly key: string }> = {};

const begin = ({ game }: Place): RunningCommand => game.begin('start', ...production);
const inFolder = ({ game }: Place, file: string): string => join(game.root, '.pomelo-ts', file);
const writeSecret = (place: Place, secret: string): void =>
  writeFileSync(inFolder(place, 'secret'), secret, { mode: 0o600 });

beforeAll(async () => {
  etcd = await EtcdCluster.up(1);
  bare = new EtcdStore({ endpoints: etcd.endpoints, prefix: 'accounts/production/' });
  const ports = [await freePort(), await freePort()];
  const store = { kind: 'etcd', endpoints: etcd.endpoints, ttl: '30s', prefix: 'accounts/' };
  const chat = [{ id: 'chat-1', port: await freePort(), external: true }];
  const secret = randomBytes(32).toString('hex');
  const make = async (): Promise<Place> => {
    const adminPort = await freePort();
    const admin = { port: adminPort, secondFactor: 'optional' };
    const own = { masters: ports.map((port) => ({ host: '127.0.0.1', port })), store, admin };
    const place = { game: await TestGame.make({ chat }, { master: own }), adminPort };
    mkdirSync(join(place.game.root, '.pomelo-ts'), { mode: 0o700 });
    writeSecret(place, secret);
    return place;
  };
  places = [await make(), await make()];
  const first = begin(places[0]);
  await first.says('#setup=');
  const standby = begin(places[1]);
  await standby.says('standby: the master at');
  masters = [first, standby];
});

afterAll(async () => {
  for (const { game } of places ?? []) await game[Symbol.asyncDispose]();
  await bare?.close();
  await etcd?.[Symbol.asyncDispose]();
});

const byKey = (at: Place, name: string) => {
  const client = new AdminClient(at.adminPort);
  client.key = keys[name]!.key;
  return client.operate('servers.list');
};
/** A code that was not used yet: the one of the next half minute counts already. */
const nextCode = () => totpAt(totp, Date.now() + 30_000);

/** Ends the master that leads; the other one leads then. */
async function changeLeader(from: number, to: number): Promise<void> {
  masters[from]!.child.kill('SIGTERM');
  await masters[from]!.ended;
  await masters[to]!.says('this master leads');
}

describe('accounts of a cluster with two masters', () => {
  let admin: AdminClient;

  it('are in the store, sealed, and in the folder of each master', async () => {
    admin = new AdminClient(places[0].adminPort);
    const [link] = /http:\S+#setup=\S+/.exec(masters[0]!.stdout)!;
    expect((await admin.setUp(link)).status).toBe(200);
    totp = (await admin.post('/api/v1/session/second-factor', {})).body.secret;
    const code = totpAt(totp, Date.now());
    expect((await admin.post('/api/v1/session/second-factor/confirm', { code })).status).toBe(200);
    for (const name of ['kept', 'gone'])
      keys[name] = (await admin.operate('keys.create', { name, role: 'viewer' })).body.answer;
    expect((await byKey(places[0], 'gone')).status).toBe(200);
    const { value } = (await bare.get('accounts'))!;
    const sealed = Buffer.from(JSON.parse(value).value, 'base64').toString('latin1');
    for (const text of [totp, 'scrypt', 'admin', keys['kept']!.id])
      for (const shown of [value, sealed]) expect(shown).not.toContain(text);
    const copyOf = ({ game }: Place) => JSON.parse(game.read('.pomelo-ts/accounts.json'));
    await eventually(
      () =>
        readdirSync(inFolder(places[1], '')).includes('accounts.json') && copyOf(places[1]).keys.length === 2,
      'the copy in the folder of the standby',
    );
    expect(copyOf(places[1])).toEqual(copyOf(places[0]));
  });

  it('are not changed while the store does not answer, and whoever asks is told', async () => {
    etcd.signal(0, 'SIGSTOP');
    try {
      const { code, stderr } = await places[0].game.run(
        'account',
        'add',
        'bob',
        '--role',
        'viewer',
        ...production,
      );
      expect(stderr).toContain('could not be written down for the next master');
      expect(code).not.toBe(0);
    } finally {
      etcd.signal(0, 'SIGCONT');
    }
    const { stdout } = await places[0].game.run('account', '--json', ...production);
    expect(JSON.parse(stdout).map(({ name }: { name: string }) => name)).toContain('admin');
  });

  it('are opened with the next secret once the former one has had its time', async () => {
    const before = JSON.parse((await bare.get('accounts'))!.value);
    const secret = randomBytes(32).toString('hex');
    for (const place of places) {
      renameSync(inFolder(place, 'secret'), inFolder(place, 'previous-secret'));
      writeSecret(place, secret);
      expect((await place.game.run('secret', 'reload')).stdout).toContain(
        'two secrets are taken from now on',
      );
    }
    for (const place of places) {
      rmSync(inFolder(place, 'previous-secret'));
      expect((await place.game.run('secret', 'reload')).stdout).toContain('one secret is taken from now on');
    }
    const after = JSON.parse((await bare.get('accounts'))!.value);
    expect(after.by).not.toBe(before.by);
    expect(after).toMatchObject({ sealed: true });
    expect(after.value).not.toBe(before.value);
  });

  it('let the same in at the next master that leads, and nobody who was taken out; sessions begin anew', async () => {
    const bob = (await admin.operate('accounts.add', { name: 'bobby', role: 'viewer' })).body.answer.token;
    expect((await admin.operate('keys.revoke', { id: keys['gone']!.id })).status).toBe(200);
    await changeLeader(0, 1);
    const next = new AdminClient(places[1].adminPort);
    next.cookie = admin.cookie;
    expect(codeOf(await next.operate('servers.list'))).toEqual([401, 'NOT_SIGNED_IN']);
    expect(codeOf(await next.signIn('admin'))).toEqual([401, 'SECOND_FACTOR_NEEDED']);
    expect((await next.signIn('admin', undefined, nextCode())).status).toBe(200);
    expect((await byKey(places[1], 'kept')).status).toBe(200);
    expect(codeOf(await byKey(places[1], 'gone'))).toEqual([401, 'KEY_REFUSED']);
    // its link was made by the master before
    expect((await new AdminClient(places[1].adminPort).setUp(`#setup=${bob}`)).status).toBe(200);
    expect((await next.operate('keys.revoke', { id: keys['kept']!.id })).status).toBe(200);
  });

  it('are those of the store and not those of a file that lies in the folder of a master, which is put aside', async () => {
    const [first] = places;
    const mallory = { name: 'mallory', role: 'admin', password: 'scrypt$1024$8$1$AA$AA' };
    writeFileSync(inFolder(first, 'accounts.json'), JSON.stringify({ accounts: [mallory], keys: [] }));
    const again = begin(first);
    masters[0] = again;
    await again.says('standby: the master at');
    expect(again.stdout + again.stderr).toContain('the file was put aside');
    expect(readdirSync(inFolder(first, '')).filter((name) => name.startsWith('accounts.'))).toHaveLength(2);
    await changeLeader(1, 0);
    expect(again.stdout).not.toContain('#setup=');
    expect(codeOf(await byKey(first, 'kept'))).toEqual([401, 'KEY_REFUSED']);
    const { stdout } = await first.game.run('account', '--json', ...production);
    const names = JSON.parse(stdout).map(({ name }: { name: string }) => name);
    expect(names).toEqual(expect.arrayContaining(['admin', 'bobby']));
    expect(names).not.toContain('mallory');
    const stopped = await first.game.run('stop');
    expect(stopped.code).toBe(0);
    await eventually(() => again.child.exitCode !== null, 'the end of the cluster', patienceMs);
  });
});
