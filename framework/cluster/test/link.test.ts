import { once } from 'node:events';
import { newBootId } from '@pomelo-ts/common';
import { describe, expect, it } from 'vitest';
import type { RegistryChange } from '../src/index.js';
import { joinCluster } from '../src/internal.js';
import { LinkChannel } from '../src/link/channel.js';
import { linkVersion } from '../src/link/handshake.js';
import { entry, LinkBench, until, wires } from './cluster-fixture.js';

const chat1 = entry('chat-1', { port: 6001, area: 7 });
const chat2 = entry('chat-2', { port: 6002 });
const connector = entry('connector-1', {
  port: 4001,
  frontend: true,
  clientHost: 'play.test',
  clientPort: 3001,
});

describe.each(wires)('a link over %s', (wire) => {
  it('gives an admitted server its settings and the registry', async () => {
    await using bench = new LinkBench(wire, [chat1, chat2]);
    bench.hub.admit('chat-1');
    const link = await bench.join('chat-1', { bootId: 'boot-a', pid: 42 });
    expect(link.settings).toMatchObject({ server: chat1, dictionary: ['onChat'], mode: 'process' });
    expect(link.registry.get('chat-1')).toEqual({
      id: 'chat-1',
      type: 'chat',
      host: '127.0.0.1',
      port: 6001,
      frontend: false,
      weight: 1,
      bootId: 'boot-a',
      buildId: 'build-1',
      pid: 42,
      state: 'starting',
      joined: 1,
      extra: { area: 7 },
    });
  });

  it('tells all whom a frontend cannot reach, once for each change, and takes nothing else for that', async () => {
    await using bench = new LinkBench(wire, [chat1, connector]);
    bench.hub.admit('chat-1', 'connector-1');
    const first = await bench.join('chat-1');
    const second = await bench.join('connector-1');
    const seen = () => first.registry.get('connector-1')?.cutFrom;
    second.setStats(() => ({ reach: { unreached: ['chat-1'], cutFrom: ['chat'] } }));
    await until(() => seen()?.length === 1);
    expect(seen()).toEqual(['chat']);
    expect(bench.hub.reachOf('connector-1')).toEqual({ unreached: ['chat-1'], cutFrom: ['chat'] });
    const { revision } = bench.hub.registry;
    second.setStats(() => ({ connections: 7, reach: { unreached: ['chat-1'], cutFrom: ['chat'] } }));
    await until(() => bench.hub.statsOf('connector-1')?.connections === 7);
    expect(bench.hub.registry.revision).toBe(revision);
    second.setStats(() => ({ connections: 8, reach: { unreached: 'all', cutFrom: [1] } }) as never);
    await until(() => seen() === undefined);
    expect(bench.hub.reachOf('connector-1')).toBeUndefined();
  });

  it('keeps a server waiting until it is admitted', async () => {
    await using bench = new LinkBench(wire, [chat1]);
    let joined = false;
    const joining = bench.join('chat-1').then(() => {
      joined = true;
    });
    await once(bench.hub, 'serverJoined');
    expect(joined).toBe(false);
    bench.hub.admit('chat-1');
    await joining;
  });

  it('tells every server who becomes ready and who goes', async () => {
    await using bench = new LinkBench(wire, [chat1, chat2]);
    bench.hub.admit('chat-1', 'chat-2');
    const first = await bench.join('chat-1');
    const changes: RegistryChange[] = [];
    first.registry.onChange((change) => changes.push(change));
    const second = await bench.join('chat-2');
    expect(first.registry.ofType('chat')).toEqual([]);
    second.report('ready', { listening: { port: 7002 } });
    await until(() => first.registry.ofType('chat').length === 1);
    expect(first.registry.ofType('chat')[0]).toMatchObject({ id: 'chat-2', port: 7002 });
    expect(first.registry.ofType('chat')).toBe(first.registry.ofType('chat'));
    second.close();
    await until(() => !first.registry.get('chat-2'));
    expect(changes.map((change) => Object.keys(change)[0])).toEqual(['added', 'changed', 'removed']);
    expect(changes[2]).toMatchObject({ removed: { id: 'chat-2', state: 'gone' } });
  });

  it('refuses an id that the topology does not have, for good', async () => {
    await using bench = new LinkBench(wire, [chat1]);
    await expect(bench.join('chat-9')).rejects.toMatchObject({
      code: 'LINK_REFUSED',
      message: 'The master refused the link of chat-9: the topology has no server with this id',
    });
  });

  it('refuses a second life of a server that is there', async () => {
    await using bench = new LinkBench(wire, [chat1]);
    bench.hub.admit('chat-1');
    await bench.join('chat-1', { bootId: 'first' });
    await expect(bench.join('chat-1', { bootId: 'second' })).rejects.toMatchObject({
      message: 'The master refused the link of chat-1: another process already has this id (boot id first)',
    });
    expect(bench.hub.registry.get('chat-1')?.bootId).toBe('first');
  });

  it('fences the old life when the supervisor expects a new one', async () => {
    await using bench = new LinkBench(wire, [chat1]);
    bench.hub.admit('chat-1');
    let refusal = '';
    await bench.join('chat-1', { bootId: 'old', onRefused: ({ message }) => (refusal = message) });
    bench.hub.expect('chat-1', 'new');
    await bench.join('chat-1', { bootId: 'new' });
    await until(() => refusal);
    expect(refusal).toContain('a newer process has this id (boot id new)');
    await until(() => bench.dialed[0]!.destroyed, 'the end of the old link'); // which changes nothing
    expect(bench.hub.registry.get('chat-1')?.bootId).toBe('new');
    expect(bench.hub.isLinked('chat-1', 'new')).toBe(true);
    expect(bench.hub.takeNew('chat-1', true)).toBe(true);
    await expect(bench.join('chat-1', { bootId: 'old' })).rejects.toThrow(
      'another process was started for this id',
    );
  });

  it('lets servers come before the master, and connect again after a break with their state', async () => {
    await using bench = new LinkBench(wire, [chat1]);
    bench.hub.admit('chat-1');
    let refusals = 3;
    const link = await bench.join('chat-1', {
      dial: async () => {
        if (refusals-- > 0) throw new Error('nobody there');
        return bench.dial();
      },
    });
    link.report('ready');
    await until(() => bench.hub.registry.get('chat-1')?.state === 'ready');
    const back = once(bench.hub, 'serverJoined');
    bench.dialed.at(-1)!.destroy();
    expect((await back)[0]).toMatchObject({ id: 'chat-1', state: 'ready', back: true });
  });

  it('goes on with the last view without a master, and is adopted by a new one', async () => {
    await using bench = new LinkBench(wire, [chat1, chat2]);
    bench.hub.admit('chat-1', 'chat-2');
    const first = await bench.join('chat-1');
    const second = await bench.join('chat-2');
    second.report('ready');
    await until(() => first.registry.ofType('chat').length === 1);
    const changes: RegistryChange[] = [];
    first.registry.onChange((change) => changes.push(change));
    bench.hub.close();
    const hub = bench.newHub();
    expect(first.registry.ofType('chat')).toHaveLength(1);
    await until(() => hub.registry.all.length === 2);
    await until(() => first.connected && first.registry.get('chat-2')?.state === 'ready');
    expect(changes.filter((change) => 'removed' in change)).toEqual([]);
  });

  it('takes nobody for gone who has reached a new master and has not said its state yet', async () => {
    await using bench = new LinkBench(wire, [chat1, chat2]);
    bench.hub.admit('chat-1', 'chat-2');
    const first = await bench.join('chat-1');
    const slow = await bench.dial({ role: 'server', id: 'chat-2' });
    const channel = new LinkChannel(slow, 'the hub');
    const met = new Promise<void>((resolve) => {
      channel.onMessage = ({ t }) => t === 'accepted' && resolve();
    });
    channel.send({ t: 'hello', v: linkVersion, role: 'server', id: 'chat-2', bootId: 'b' });
    await met;
    let settled = false;
    void bench.hub.whenSettled().then(() => {
      settled = true;
    });
    const again = once(bench.hub, 'serverJoined');
    bench.dialed[0]!.destroy();
    await again;
    await until(() => first.connected);
    expect(settled).toBe(false);
    channel.send({ t: 'join', pid: 1, buildId: 'b', state: 'ready', listening: {}, admitted: false });
    await until(() => settled, 'the end of the waiting');
  });

  it('forgets who does not come back to a new master once that has waited', async () => {
    await using bench = new LinkBench(wire, [chat1, chat2]);
    bench.hub.admit('chat-1', 'chat-2');
    const first = await bench.join('chat-1');
    const second = await bench.join('chat-2');
    await until(() => first.registry.get('chat-2'));
    second.close();
    bench.hub.close();
    bench.newHub({ settleMs: 200 });
    await until(() => !first.registry.get('chat-2'));
    expect(first.registry.get('chat-1')).toBeDefined();
  });

  it('carries stop to the server, even to one that waits', async () => {
    await using bench = new LinkBench(wire, [chat1]);
    const heard: number[] = [];
    const joining = bench.join('chat-1', {
      onStop: (deadlineMs) => heard.push(deadlineMs),
    });
    await once(bench.hub, 'serverJoined');
    expect(bench.hub.stop('chat-1', 1234)).toBe(true);
    expect(bench.hub.stop('chat-2', 1)).toBe(false);
    bench.hub.admit('chat-1');
    await joining;
    expect(heard).toEqual([1234]);
  });

  it('tells the supervisor reports, goodbyes and breaks apart', async () => {
    await using bench = new LinkBench(wire, [chat1, chat2]);
    bench.hub.admit('chat-1', 'chat-2');
    const events: unknown[] = [];
    bench.hub.on('serverReported', ({ id, state, error }) => events.push([id, state, error?.message]));
    bench.hub.on('serverLost', ({ id, left }) => events.push([id, left]));
    const first = await bench.join('chat-1');
    first.report('stopping', { error: { code: 'PORT_IN_USE', message: 'taken' } });
    first.close();
    await until(() => events.length === 2);
    await bench.join('chat-2');
    bench.dialed.at(-1)!.destroy();
    await until(() => events.length === 3);
    expect(events).toEqual([
      ['chat-1', 'stopping', 'taken'],
      ['chat-1', true],
      ['chat-2', false],
    ]);
  });

  it('relays the loads of frontends', async () => {
    await using bench = new LinkBench(wire, [chat1, connector], { heartbeatMs: 20 });
    bench.hub.admit('chat-1', 'connector-1');
    const backend = await bench.join('chat-1');
    const frontend = await bench.join('connector-1');
    frontend.setStats(() => ({ connections: 5 }));
    await until(() => backend.loads.get('connector-1') === 5);
    expect(bench.hub.statsOf('connector-1')).toMatchObject({ connections: 5 });
    expect(bench.hub.statsOf('connector-1')!.rssBytes).toBeGreaterThan(1e6);
  });

  it('stops joining when told to', async () => {
    await using bench = new LinkBench(wire, [chat1]);
    const abort = new AbortController();
    const joining = joinCluster({
      dial: bench.dial,
      id: 'chat-1',
      bootId: newBootId(),
      buildId: '',
      onStop: () => {},
      signal: abort.signal,
    });
    await once(bench.hub, 'serverJoined');
    abort.abort(new Error('the parent went away'));
    await expect(joining).rejects.toThrow('the parent went away');
    await until(() => bench.hub.registry.all.length === 0);
  });
});
