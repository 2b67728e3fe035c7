import { readFileSync } from 'node:fs';
import { EtcdStore, type EtcdStoreOptions } from '@pomelo-ts/adapters/coordination-etcd';
import type { CoordinationStore, StoreChange } from '@pomelo-ts/cluster';
import { coordinationStoreContract } from '@pomelo-ts/cluster/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Certificates } from '../helpers/certificates.js';
import { eventually } from '../helpers/cluster-process.js';
import { EtcdCluster } from '../helpers/etcd.js';
import { freePort } from '../helpers/free-port.js';
import { Relay } from '../helpers/relay.js';

const opened: CoordinationStore[] = [];
afterAll(() => Promise.all(opened.map((store) => store.close())));

/** A store that is closed when all tests are over. */
function open(endpoints: readonly string[], more: Partial<EtcdStoreOptions> = {}): EtcdStore {
  const store = new EtcdStore({ endpoints, prefix: 'test/', ...more });
  opened.push(store);
  return store;
}

/** Asks etcd itself, beside the store. */
async function etcd(
  endpoint: string,
  path: string,
  body: object,
  token?: string,
): Promise<Record<string, unknown>> {
  const response = await fetch(`${endpoint}/v3/${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
    ...(token !== undefined && { headers: { authorization: token } }),
  });
  const answer = (await response.json()) as Record<string, unknown>;
  if (!response.ok) throw new Error(`${path}: ${JSON.stringify(answer)}`);
  return answer;
}

const valueIn = (change: StoreChange) => ('put' in change ? change.put.value : `-${change.deleted}`);

describe('EtcdStore on one etcd', () => {
  let cluster: EtcdCluster;
  beforeAll(async () => {
    cluster = await EtcdCluster.up(1);
  });
  afterAll(() => cluster?.[Symbol.asyncDispose]());

  const contract = coordinationStoreContract({ open: () => open(cluster.endpoints) });
  for (const { title, run } of contract) it(title, run);

  it('sees nothing of a cluster with another prefix', async () => {
    const one = open(cluster.endpoints, { prefix: 'one/' });
    const two = open(cluster.endpoints, { prefix: 'two/' });
    await one.put('a', 'of one');
    expect(await two.get('a')).toBeUndefined();
    expect((await one.list('')).map(({ key }) => key)).toEqual(['a']);
    expect(await two.list('')).toEqual([]);
  });

  it('tells a watch after a break all that it missed', async () => {
    await using relay = await Relay.to(cluster.endpoints[0]!);
    const other = open(cluster.endpoints);
    const seen: string[] = [];
    let gaps = 0;
    const store = open([relay.url]);
    const end = await store.watch(
      'missed/',
      (change) => seen.push(valueIn(change)),
      () => gaps++,
    );
    await other.put('missed/a', '1');
    await eventually(() => seen.length === 1, 'the first change');
    relay.cut();
    await other.put('missed/a', '2');
    await other.delete('missed/a');
    await other.put('missed/a', '3');
    relay.mend();
    await eventually(() => seen.length === 4, 'what was missed');
    end();
    expect([seen, gaps]).toEqual([['1', '2', '-missed/a', '3'], 0]);
  });

  it('tells a watch of a gap when etcd has forgotten what it missed, and goes on from there', async () => {
    await using relay = await Relay.to(cluster.endpoints[0]!);
    const other = open(cluster.endpoints);
    const seen: string[] = [];
    let gaps = 0;
    const store = open([relay.url]);
    const end = await store.watch(
      'gap/',
      (change) => seen.push(valueIn(change)),
      () => gaps++,
    );
    await other.put('gap/a', 'before');
    await eventually(() => seen.length === 1, 'the first change');
    relay.cut();
    await other.put('gap/a', 'missed');
    const last = (await other.put('gap/a', 'missed too'))!;
    await etcd(cluster.endpoints[0]!, 'kv/compaction', { revision: String(last.revision) });
    relay.mend();
    await eventually(() => gaps === 1, 'word of the gap');
    await other.put('gap/a', 'after');
    await eventually(() => seen.includes('after'), 'the change after the gap');
    end();
    expect([seen, gaps]).toEqual([['before', 'after'], 1]);
  });

  it('leaves a member that is silent, for calls and for watches', async () => {
    await using relay = await Relay.to(cluster.endpoints[0]!);
    const store = open([relay.url, cluster.endpoints[0]!], { timeoutMs: 300 });
    const seen: string[] = [];
    const end = await store.watch('silent/', (change) => seen.push(valueIn(change)));
    await store.put('silent/a', '1');
    await eventually(() => seen.length === 1, 'the first change');
    relay.silence();
    expect((await store.get('silent/a'))?.value).toBe('1');
    await store.put('silent/a', '2');
    await eventually(() => seen.length === 2, 'the change that came by the other way');
    end();
  });

  it('does not do twice what a silent member may have done', async () => {
    await using relay = await Relay.to(cluster.endpoints[0]!);
    const store = open([relay.url, cluster.endpoints[0]!], { timeoutMs: 300 });
    await store.put('once/a', '1');
    relay.silence();
    await expect(store.put('once/a', '2')).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' });
    expect((await store.get('once/a'))?.value).toBe('1');
  });

  it('names the endpoint and the reason when nobody answers there', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const message = expect.stringContaining(`${url}: connect ECONNREFUSED`);
    await expect(open([url]).get('a')).rejects.toMatchObject({ code: 'STORE_UNREACHABLE', message });
    await expect(open([url]).watch('a', () => {})).rejects.toMatchObject({
      code: 'STORE_UNREACHABLE',
      message,
    });
  });
});

describe('EtcdStore on an etcd with users', () => {
  let cluster: EtcdCluster;
  beforeAll(async () => {
    cluster = await EtcdCluster.up(1);
    const [endpoint] = cluster.endpoints as [string];
    await etcd(endpoint, 'auth/user/add', { name: 'root', password: 'of root' });
    await etcd(endpoint, 'auth/role/add', { name: 'root' });
    await etcd(endpoint, 'auth/user/grant', { user: 'root', role: 'root' });
    await etcd(endpoint, 'auth/user/add', { name: 'game', password: 'of the game' });
    await etcd(endpoint, 'auth/role/add', { name: 'game' });
    const ours = { permType: 'READWRITE', key: btoa('game/'), range_end: btoa('game0') };
    await etcd(endpoint, 'auth/role/grant', { name: 'game', perm: ours });
    await etcd(endpoint, 'auth/user/grant', { user: 'game', role: 'game' });
    await etcd(endpoint, 'auth/enable', {});
  });
  afterAll(() => cluster?.[Symbol.asyncDispose]());

  it('works with the rights of its user, and goes on when its token has ended', async () => {
    const store = open(cluster.endpoints, { prefix: 'game/', user: 'game', password: 'of the game' });
    const seen: string[] = [];
    const end = await store.watch('', (change) => seen.push(valueIn(change)));
    expect(await store.put('a', '1')).toBeDefined();
    const [endpoint] = cluster.endpoints as [string];
    const { token } = await etcd(endpoint, 'auth/authenticate', { name: 'root', password: 'of root' });
    // Tokens of a user end when its password is set.
    await etcd(endpoint, 'auth/user/changepw', { name: 'game', password: 'of the game' }, token as string);
    expect(await store.put('a', '2')).toBeDefined();
    expect((await store.get('a'))?.value).toBe('2');
    await eventually(() => seen.length === 2, 'both changes');
    end();
  });

  it('tells what was refused, and why', async () => {
    const wrong = open(cluster.endpoints, { prefix: 'game/', user: 'game', password: 'wrong' });
    const message = expect.stringContaining('authentication failed, invalid user ID or password');
    await expect(wrong.get('a')).rejects.toMatchObject({ code: 'STORE_REFUSED', message });
    const elsewhere = open(cluster.endpoints, { prefix: 'else/', user: 'game', password: 'of the game' });
    const denied = { code: 'STORE_REFUSED', message: expect.stringContaining('permission denied') };
    await expect(elsewhere.put('a', 'x')).rejects.toMatchObject(denied);
    await expect(elsewhere.watch('', () => {})).rejects.toMatchObject(denied);
    await expect(open(cluster.endpoints).get('a')).rejects.toMatchObject({ code: 'STORE_REFUSED' });
  });
});

describe('EtcdStore on an etcd of three members', () => {
  let cluster: EtcdCluster;
  beforeAll(async () => {
    cluster = await EtcdCluster.up(3);
  });
  afterAll(() => cluster?.[Symbol.asyncDispose]());

  const contract = coordinationStoreContract({ open: () => open(cluster.endpoints) });
  for (const { title, run } of contract) it(title, run);

  it('goes on with leases, writes and watches when a member is killed, and does not when two are', async () => {
    const store = open(cluster.endpoints);
    const seen: string[] = [];
    const end = await store.watch('kill/', (change) => seen.push(valueIn(change)));
    const lease = await store.grant(20_000);
    await store.put('kill/held', 'x', { lease });
    await cluster.kill(0);
    const write = () => store.put('kill/a', '1').catch(() => undefined);
    await eventually(write, 'a write with two members', 20_000);
    expect(await store.keepAlive(lease)).toBe(true);
    expect((await store.get('kill/held'))?.value).toBe('x');
    await eventually(() => seen.includes('1'), 'word of it');
    await cluster.kill(1);
    await expect(store.put('kill/a', '2')).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' });
    await expect(store.get('kill/a')).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' });
    await Promise.all([cluster.begin(0), cluster.begin(1)]);
    await eventually(() => store.put('kill/a', '3').catch(() => undefined), 'a write with all again', 20_000);
    await eventually(() => seen.at(-1) === '3', 'word of that');
    end();
  });
});

describe('EtcdStore on an etcd with TLS', () => {
  const certificates = new Certificates();
  const read = (file: string) => readFileSync(file, 'utf8');
  const { client } = certificates;
  const tls = { ca: read(certificates.ca), cert: read(client.cert), key: read(client.key) };
  let cluster: EtcdCluster;
  beforeAll(async () => {
    cluster = await EtcdCluster.upWithTls(certificates);
  });
  afterAll(async () => {
    await cluster?.[Symbol.asyncDispose]();
    certificates[Symbol.dispose]();
  });

  it('keeps and watches values with the authority and the certificate that it was given', async () => {
    const store = open(cluster.endpoints, { tls });
    const seen: string[] = [];
    const end = await store.watch('', (change) => seen.push(valueIn(change)));
    await store.put('a', 'x');
    expect((await store.get('a'))?.value).toBe('x');
    await expect.poll(() => seen).toEqual(['x']);
    end();
  });

  it.each([
    ['of an unknown authority', { ...tls, ca: undefined }, /certificate|issuer/],
    [
      'to a client without a certificate',
      { ca: tls.ca },
      /certificate required|bad certificate|socket hang up|ECONNRESET/,
    ],
  ])('is not used by way of a member %s', async (_, { ca, ...rest }, reason) => {
    const store = open(cluster.endpoints, { tls: { ...(ca !== undefined && { ca }), ...rest } });
    await expect(store.get('a')).rejects.toMatchObject({
      code: 'STORE_UNREACHABLE',
      message: expect.stringMatching(reason),
    });
  });
});
