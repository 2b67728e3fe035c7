import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ClusterKeys,
  type CoordinationStore,
  connectOperator,
  dialSecure,
  MemoryStore,
} from '@pomelo-ts/cluster';
import { loadClusterConfig } from '@pomelo-ts/cluster/config';
import { joinCluster, ServerKeyring } from '@pomelo-ts/cluster/internal';
import { SignedStore } from '@pomelo-ts/cluster/masters';
import { PomeloError, silentLogger } from '@pomelo-ts/common';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../../../test/helpers/free-port.js';
import { MasterCandidate, type MasterCandidateOptions } from '../src/master-candidate.js';
import type { Operations } from '../src/operations/table.js';
import { RuntimeFile } from '../src/runtime/runtime-file.js';

const keys = await ClusterKeys.of({ secret: 'a secret of the tests' });

/** What several candidates in this process share, as they would share an etcd: each may close its own end of it. */
function sharedStore(): { store: CoordinationStore; end(): CoordinationStore } {
  const store = new MemoryStore();
  const end = () =>
    new Proxy(store, { get: (target, name) => (name === 'close' ? async () => {} : bound(target, name)) });
  return { store, end };
}

function bound(target: object, name: PropertyKey): unknown {
  const member = Reflect.get(target, name);
  return typeof member === 'function' ? member.bind(target) : member;
}

/** The end of a store that does not answer while it is away. */
class StoreThatGoes {
  isAway = false;
  readonly store: CoordinationStore;

  constructor(store: CoordinationStore) {
    this.store = new Proxy(store, {
      get: (target, name) => {
        const member = Reflect.get(target, name);
        if (typeof member !== 'function' || name === 'close') return member;
        return async (...args: unknown[]) => {
          if (this.isAway)
            throw new PomeloError('STORE_UNREACHABLE', { store: 'memory', reason: 'it is away' });
          return member.apply(target, args);
        };
      },
    });
  }
}

describe('MasterCandidate', () => {
  const { store, end } = sharedStore();
  const roots: string[] = [];
  const candidates: MasterCandidate[] = [];
  let ports: number[] = [];

  beforeEach(async () => {
    ports = [await freePort(), await freePort()];
    for (const { key } of await store.list('')) await store.delete(key);
  });
  afterEach(async () => {
    for (const candidate of candidates.splice(0)) await candidate.close();
    for (const root of roots.splice(0)) rmSync(root, { recursive: true });
  });

  /** A master in a folder of its own, as on a host of its own; its game has one server that others start. */
  async function openCandidate(
    more: Partial<MasterCandidateOptions> = {},
    settings: object = {},
  ): Promise<{ candidate: MasterCandidate; told: string[]; root: string }> {
    const root = mkdtempSync(join(tmpdir(), 'pomelo-ts-candidate-'));
    roots.push(root);
    mkdirSync(join(root, 'config'));
    mkdirSync(join(root, 'app/servers/chat'), { recursive: true });
    writeFileSync(join(root, 'app.js'), '');
    const masters = ports.map((port) => ({ host: '127.0.0.1', port }));
    // longer than a busy machine lets a timer wait: no test here waits for a lease to run out
    const shared = { kind: 'etcd', endpoints: ['http://127.0.0.1:1'], ttl: '15s' };
    writeFileSync(join(root, 'config/master.json'), JSON.stringify({ masters, store: shared, ...settings }));
    writeFileSync(
      join(root, 'config/servers.json'),
      JSON.stringify({ chat: [{ id: 'chat-1', external: true }] }),
    );
    const config = loadClusterConfig({ root, env: 'test' });
    const scripts = { bootScript: join(root, 'none.js'), agentScript: join(root, 'none.js') };
    const candidate = await MasterCandidate.open({
      ...{ config, keys, buildId: 'b', store: end() },
      ...scripts,
      ...more,
    });
    candidates.push(candidate);
    const told: string[] = [];
    candidate
      .on('standby', (leader) => told.push(`standby of ${leader?.port}`))
      .on('leads', () => told.push('leads'))
      .on('ready', () => told.push('ready'))
      .on('failed', (error) => told.push(`failed: ${error}`))
      .on('deposed', (reason) => told.push(`deposed: ${reason}`))
      .on('shutdown', (leader) => told.push(`shutdown by ${leader?.port}`));
    await candidate.begin();
    return { candidate, told, root };
  }

  const operator = (port: number) =>
    connectOperator<Operations>({ dial: () => dialSecure({ host: '127.0.0.1', port }, keys.operator) });

  it('leads when nobody does, and stands by when somebody does', async () => {
    const one = await openCandidate();
    await expect.poll(() => one.told).toEqual(['leads', 'ready']);
    const two = await openCandidate();
    expect(two.told).toContain(`standby of ${ports[0]}`);
    expect(two.candidate.master).toBeUndefined();
    expect(new RuntimeFile(one.root).read()).toMatchObject({ port: ports[0] });
    expect(new RuntimeFile(two.root).read()).toMatchObject({ port: ports[1], standby: true });
  });

  it('tells operators who leads, and refuses their other commands while it stands by', async () => {
    await openCandidate();
    await openCandidate();
    const client = await operator(ports[1]!);
    expect(await client.operate('leader.read', {})).toMatchObject({
      leads: false,
      leader: { port: ports[0] },
    });
    await expect(client.operate('servers.list', {})).rejects.toThrow(`stands by; 127.0.0.1:${ports[0]}`);
    client.close();
    const leading = await operator(ports[0]!);
    expect(await leading.operate('leader.read', {})).toMatchObject({
      leads: true,
      leader: { port: ports[0] },
    });
    expect(await leading.operate('servers.list', {})).toMatchObject([{ id: 'chat-1' }]);
    leading.close();
  });

  it('leads at the same address when the one before it ends', async () => {
    const one = await openCandidate();
    const two = await openCandidate();
    const client = await operator(ports[1]!);
    await one.candidate.close();
    await expect.poll(() => two.told).toContain('ready');
    await expect(client.operate('servers.list', {})).rejects.toMatchObject({ code: 'LINK_LOST' });
    const again = await operator(ports[1]!);
    expect(await again.operate('leader.read', {})).toMatchObject({ leads: true });
    again.close();
    expect(new RuntimeFile(one.root).read()).toBeUndefined();
    expect(new RuntimeFile(two.root).read()?.standby).toBeUndefined();
  });

  it('stands by when it is deposed, and leads again when nobody else does', async () => {
    const one = await openCandidate();
    await expect.poll(() => one.told).toContain('ready');
    const former = one.candidate.master!;
    await store.delete('leader');
    await expect
      .poll(() => one.told.slice(2))
      .toEqual(['deposed: the office was taken from it', 'standby of undefined', 'leads', 'ready']);
    expect(one.candidate.master).not.toBe(former);
    expect(one.candidate.master!.leader.term).toBeGreaterThan(former.leader.term);
  });

  it('ends with all that stand by when an operator stops the cluster, and leads again when it is started anew', async () => {
    const one = await openCandidate();
    const two = await openCandidate();
    await expect.poll(() => one.told).toContain('ready');
    const client = await operator(ports[0]!);
    expect(await client.operate('cluster.stop', {})).toMatchObject({ master: 'stopped' });
    await expect.poll(() => one.told.at(-1)).toBe(`shutdown by ${ports[0]}`);
    await expect.poll(() => two.told.at(-1)).toBe(`shutdown by ${ports[0]}`);
    expect(two.told).not.toContain('leads');
    const three = await openCandidate();
    await expect.poll(() => three.told).toContain('ready');
  });

  it('gives the next master what operators have changed about the servers', async () => {
    const one = await openCandidate();
    const two = await openCandidate();
    await expect.poll(() => one.told).toContain('ready');
    const client = await operator(ports[0]!);
    await client.operate('servers.remove', { ids: ['chat-1'] });
    client.close();
    await one.candidate.close();
    await expect.poll(() => two.told).toContain('ready');
    expect(two.candidate.master!.list()).toEqual([]);
    expect(readFileSync(join(two.root, '.pomelo-ts/topology.test.json'), 'utf8')).toContain('chat-1');
  });

  it('has the next master go on with the blacklist', async () => {
    const first = await openCandidate();
    const second = await openCandidate();
    await expect.poll(() => first.told).toContain('ready');
    const by = { principal: { name: 'ann', via: 'test' } };
    const add = { networks: ['192.0.2.7/24'] };
    expect(await first.candidate.master!.operate('blacklist.add', add, by)).toMatchObject({ silent: [] });
    await first.candidate.close();
    await expect.poll(() => second.told).toContain('ready');
    const { entries } = await second.candidate.master!.operate('blacklist.list', {}, by);
    expect(entries).toMatchObject([{ network: '192.0.2.0/24', by: 'ann (test)' }]);
  });

  it('has the next master know who drains, also when it begins a life that has never heard of that', async () => {
    const one = await openCandidate();
    const two = await openCandidate();
    await expect.poll(() => one.told).toContain('ready');
    /** A life of chat-1, as something else has started it. */
    const begin = async (bootId: string, port: number) => {
      const client = await operator(port);
      await client.operate('servers.claim', { id: 'chat-1', bootId });
      const own = new ServerKeyring(keys.ofServer('chat-1'));
      const dial = () => dialSecure({ host: '127.0.0.1', port }, own.link());
      const life = { id: 'chat-1', bootId, buildId: 'b', external: true };
      const link = await joinCluster({ ...life, dial, onStop: () => {} });
      link.report('ready');
      return { client, link };
    };
    const stateAt = ({ candidate }: typeof one) => candidate.master?.hub.registry.get('chat-1')?.state;
    const first = await begin('life-1', ports[0]!);
    await expect.poll(() => stateAt(one)).toBe('ready');
    await first.client.operate('servers.drain', { ids: ['chat-1'], force: true });
    first.client.close();
    await one.candidate.close();
    first.link.close(); // it ends, too
    await expect.poll(() => two.told).toContain('ready');
    const next = await begin('life-2', ports[1]!);
    await expect.poll(() => stateAt(two)).toBe('draining');
    expect(await next.client.operate('servers.undrain', {})).toEqual({ undrained: ['chat-1'] });
    next.client.close();
    next.link.close();
  });

  it('does without the former secret only after the one that leads, when it stands by', async () => {
    const [secret, previous] = ['the new secret of the tests', 'the former secret of the tests'];
    const fresh = await ClusterKeys.of({ secret });
    const openSigned = async () => {
      const both = await ClusterKeys.of({ secret, previous });
      const signed = new SignedStore(end(), { keys: () => both.store, scope: '', logger: silentLogger });
      const opened = await openCandidate({
        ...{ keys: both, store: signed, rereadKeys: async () => fresh },
        resign: (next, take) => signed.resign(next.store, take),
        isReadableWith: (next) => signed.isReadableWith(next.store),
      });
      return { ...opened, keys: both };
    };
    const reload = async (port: number) => {
      const dial = () => dialSecure({ host: '127.0.0.1', port }, fresh.operator);
      const client = await connectOperator<Operations>({ dial });
      return client.operate('secret.reload', {}).finally(() => client.close());
    };
    const one = await openSigned();
    await expect.poll(() => one.told).toEqual(['leads', 'ready']);
    const two = await openSigned();
    await expect(reload(ports[1]!)).rejects.toThrow(
      `signed with the former secret, which the master that leads (127.0.0.1:${ports[0]}`,
    );
    expect(two.keys.names).toHaveLength(2);
    expect(await reload(ports[0]!)).toMatchObject({ secrets: 1 });
    expect(await reload(ports[1]!)).toMatchObject({ secrets: 1 });
    await one.candidate.close();
    await expect.poll(() => two.told).toContain('ready');
  });

  it('tells at its opsPort whether the store answers, also while it stands by, and what a leader tells once it leads', async () => {
    const opsPort = await freePort();
    const mine = new StoreThatGoes(end());
    const one = await openCandidate();
    await expect.poll(() => one.told).toContain('ready');
    const two = await openCandidate({ store: mine.store }, { opsPort });
    const read = async (path: string) => {
      const answer = await fetch(`http://127.0.0.1:${opsPort}${path}`).catch(() => undefined);
      return { status: answer?.status, text: (await answer?.text()) ?? '' };
    };
    const up = /^pomelo_store_up\{server="master",type="master",host="127.0.0.1",store="memory"\} (\d)$/m;
    const isUp = async () => up.exec((await read('/metrics')).text)?.[1];
    await expect.poll(isUp).toBe('1');
    await expect
      .poll(async () => (await read('/metrics')).text)
      .toMatch(/^pomelo_disk_free_bytes\{.*disk="logs"\} \d/m);
    const standby = await read('/metrics');
    expect(standby.text).not.toContain('pomelo_leader');
    expect((await read('/readyz')).status).toBe(503);
    expect(JSON.parse((await read('/health')).text)).toMatchObject({
      components: {
        leader: { status: 'UP', details: { leader: expect.stringContaining(`127.0.0.1:${ports[0]}`) } },
        store: { status: 'UP', details: { kind: 'memory' } },
      },
    });

    await one.candidate.close();
    await expect.poll(() => two.told).toContain('ready');
    await expect.poll(async () => (await read('/metrics')).text).toMatch(/^pomelo_leader\{/m);
    expect(await isUp()).toBe('1');
    mine.isAway = true; // a master that leads asks it every few seconds
    await expect.poll(isUp, { timeout: 20_000 }).toBe('0');
    expect(JSON.parse((await read('/health')).text)).toMatchObject({
      components: { store: { status: 'DEGRADED' } },
    });
    mine.isAway = false;
    await expect.poll(isUp, { timeout: 20_000 }).toBe('1');
  }, 60_000);

  it('is refused on a machine that has none of the addresses', async () => {
    const root = mkdtempSync(join(tmpdir(), 'pomelo-ts-candidate-'));
    roots.push(root);
    const master = { host: '127.0.0.1', port: 3005, masters: [{ host: '192.0.2.7', port: 3005 }] };
    const config = { root, env: 'test', master, servers: [] } as never;
    const scripts = { bootScript: '', agentScript: '' };
    await expect(
      MasterCandidate.open({ config, keys, buildId: 'b', store: end(), ...scripts }),
    ).rejects.toThrow('master.json: masters: 192.0.2.7 is no address of this machine (for a master)');
  });
});
