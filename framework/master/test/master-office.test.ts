import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
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
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MasterOffice } from '../src/master-office.js';
import { RuntimeFile } from '../src/runtime-file.js';

const keys = await ClusterKeys.of({ secret: 'a secret of the tests' });

/** What several offices in this process share, as they would share an etcd: each may close its own end of it. */
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

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

describe('MasterOffice', () => {
  const { store, end } = sharedStore();
  const roots: string[] = [];
  const offices: MasterOffice[] = [];
  let ports: number[] = [];

  beforeEach(async () => {
    ports = [await freePort(), await freePort()];
    for (const { key } of await store.list('')) await store.delete(key);
  });
  afterEach(async () => {
    for (const office of offices.splice(0)) await office.close();
    for (const root of roots.splice(0)) rmSync(root, { recursive: true });
  });

  /** A master in a folder of its own, as on a host of its own; its game has one server that others start. */
  async function openOffice(): Promise<{ office: MasterOffice; told: string[]; root: string }> {
    const root = mkdtempSync(join(tmpdir(), 'pomelo-ts-office-'));
    roots.push(root);
    mkdirSync(join(root, 'config'));
    mkdirSync(join(root, 'app/servers/chat'), { recursive: true });
    writeFileSync(join(root, 'app.js'), '');
    const masters = ports.map((port) => ({ host: '127.0.0.1', port }));
    const shared = { kind: 'etcd', endpoints: ['http://127.0.0.1:1'] };
    writeFileSync(join(root, 'config/master.json'), JSON.stringify({ masters, store: shared }));
    writeFileSync(
      join(root, 'config/servers.json'),
      JSON.stringify({ chat: [{ id: 'chat-1', external: true }] }),
    );
    const config = loadClusterConfig({ root, env: 'test' });
    const scripts = { bootScript: join(root, 'none.js'), agentScript: join(root, 'none.js') };
    const office = await MasterOffice.open({ config, keys, buildId: 'b', store: end(), ...scripts });
    offices.push(office);
    const told: string[] = [];
    office
      .on('standby', (leader) => told.push(`standby of ${leader?.port}`))
      .on('leads', () => told.push('leads'))
      .on('ready', () => told.push('ready'))
      .on('failed', (error) => told.push(`failed: ${error}`))
      .on('deposed', (reason) => told.push(`deposed: ${reason}`))
      .on('shutdown', (leader) => told.push(`shutdown by ${leader?.port}`));
    await office.begin();
    return { office, told, root };
  }

  const operator = (port: number) =>
    connectOperator({ dial: () => dialSecure({ host: '127.0.0.1', port }, keys.operator) });

  it('leads when nobody does, and stands by when somebody does', async () => {
    const one = await openOffice();
    await expect.poll(() => one.told).toEqual(['leads', 'ready']);
    const two = await openOffice();
    expect(two.told).toContain(`standby of ${ports[0]}`);
    expect(two.office.master).toBeUndefined();
    expect(new RuntimeFile(one.root).read()).toMatchObject({ port: ports[0] });
    expect(new RuntimeFile(two.root).read()).toMatchObject({ port: ports[1], standby: true });
  });

  it('tells operators who leads, and refuses their other commands while it stands by', async () => {
    await openOffice();
    await openOffice();
    const client = await operator(ports[1]!);
    expect(await client.request('leader')).toMatchObject({ leads: false, leader: { port: ports[0] } });
    await expect(client.request('list')).rejects.toThrow(`stands by; 127.0.0.1:${ports[0]}`);
    client.close();
    const leading = await operator(ports[0]!);
    expect(await leading.request('leader')).toMatchObject({ leads: true, leader: { port: ports[0] } });
    expect(await leading.request('list')).toMatchObject([{ id: 'chat-1' }]);
    leading.close();
  });

  it('leads at the same address when the one before it ends', async () => {
    const one = await openOffice();
    const two = await openOffice();
    const client = await operator(ports[1]!);
    await one.office.close();
    await expect.poll(() => two.told).toContain('ready');
    await expect(client.request('list')).rejects.toMatchObject({ code: 'LINK_LOST' });
    const again = await operator(ports[1]!);
    expect(await again.request('leader')).toMatchObject({ leads: true });
    again.close();
    expect(new RuntimeFile(one.root).read()).toBeUndefined();
    expect(new RuntimeFile(two.root).read()?.standby).toBeUndefined();
  });

  it('stands by when it is deposed, and leads again when nobody else does', async () => {
    const one = await openOffice();
    await expect.poll(() => one.told).toContain('ready');
    const former = one.office.master!;
    await store.delete('leader');
    await expect
      .poll(() => one.told.slice(2))
      .toEqual(['deposed: the office was taken from it', 'standby of undefined', 'leads', 'ready']);
    expect(one.office.master).not.toBe(former);
    expect(one.office.master!.leader.term).toBeGreaterThan(former.leader.term);
  });

  it('ends with all that stand by when an operator stops the cluster, and leads again when it is started anew', async () => {
    const one = await openOffice();
    const two = await openOffice();
    await expect.poll(() => one.told).toContain('ready');
    const client = await operator(ports[0]!);
    expect(await client.request('stop')).toMatchObject({ master: 'stopped' });
    await expect.poll(() => one.told.at(-1)).toBe(`shutdown by ${ports[0]}`);
    await expect.poll(() => two.told.at(-1)).toBe(`shutdown by ${ports[0]}`);
    expect(two.told).not.toContain('leads');
    const three = await openOffice();
    await expect.poll(() => three.told).toContain('ready');
  });

  it('gives the next master what operators have changed about the servers', async () => {
    const one = await openOffice();
    const two = await openOffice();
    await expect.poll(() => one.told).toContain('ready');
    const client = await operator(ports[0]!);
    await client.request('remove', { ids: ['chat-1'] });
    client.close();
    await one.office.close();
    await expect.poll(() => two.told).toContain('ready');
    expect(two.office.master!.list()).toEqual([]);
    expect(readFileSync(join(two.root, '.pomelo-ts/topology.test.json'), 'utf8')).toContain('chat-1');
  });

  it('is refused on a machine that has none of the addresses', async () => {
    const root = mkdtempSync(join(tmpdir(), 'pomelo-ts-office-'));
    roots.push(root);
    const master = { host: '127.0.0.1', port: 3005, masters: [{ host: '192.0.2.7', port: 3005 }] };
    const config = { root, env: 'test', master, servers: [] } as never;
    const scripts = { bootScript: '', agentScript: '' };
    await expect(MasterOffice.open({ config, keys, buildId: 'b', store: end(), ...scripts })).rejects.toThrow(
      'master.json: masters: 192.0.2.7 is no address of this machine (for a master)',
    );
  });
});
