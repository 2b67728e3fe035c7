import { joinCluster, memoryStreams } from '@pomelo-ts/cluster/internal';
import { LinkHub } from '@pomelo-ts/cluster/masters';
import { silentLogger } from '@pomelo-ts/common';
import { FakeClock } from '@pomelo-ts/common/testing';
import { expect, it } from 'vitest';
import { tellTakesNew } from '../../src/servers/takes-new.js';

/** A hub, with one server whose link may be cut. */
async function serverAndHub() {
  const server = { id: 'chat-1', type: 'chat', host: '127.0.0.1', port: 6001, frontend: false, weight: 1 };
  const settings = { server, env: 'test', root: '/game', appDir: '/game', settings: {} } as never;
  const newHub = () =>
    new LinkHub({ serverIds: () => ['chat-1'], settingsOf: () => settings, logger: silentLogger });
  let hub = newHub();
  hub.admit('chat-1');
  let dials = 0;
  let near = memoryStreams()[0];
  const link = await joinCluster({
    dial: async () => {
      const [own, other] = memoryStreams();
      near = own;
      dials++;
      hub.accept(other, { role: 'server', id: 'chat-1' }, 'a test');
      return own;
    },
    id: 'chat-1',
    bootId: 'life-1',
    buildId: 'b',
    random: () => 0,
    onStop: () => {},
  });
  return {
    link,
    clock: new FakeClock(),
    get hub() {
      return hub;
    },
    /** Another master takes over. */
    replaceHub: () => {
      hub.close();
      hub = newHub();
      hub.admit('chat-1');
    },
    get dials() {
      return dials;
    },
    cut: () => near.destroy(),
    [Symbol.dispose]: () => {
      link.close();
      hub.close();
    },
  };
}

it('has a server drain and take new work again, told to all by the registry', async () => {
  using bench = await serverAndHub();
  bench.link.report('ready');
  await expect.poll(() => bench.link.registry.get('chat-1')?.state).toBe('ready');
  for (let times = 0; times < 2; times++) expect(await tellTakesNew(bench, 'chat-1', false)).toBe(true);
  await expect.poll(() => bench.link.registry.get('chat-1')?.state).toBe('draining');
  expect(await tellTakesNew(bench, 'chat-1', true)).toBe(true);
  await expect.poll(() => bench.link.registry.get('chat-1')?.state).toBe('ready');
});

it('is kept by the server when its link breaks and when another master takes over, and ends when it stops', async () => {
  using bench = await serverAndHub();
  bench.link.report('ready');
  await expect.poll(() => bench.hub.registry.get('chat-1')?.state).toBe('ready');
  await tellTakesNew(bench, 'chat-1', false);
  bench.cut();
  await expect.poll(() => bench.dials).toBe(2);
  await expect.poll(() => bench.hub.registry.get('chat-1')?.state).toBe('draining');
  bench.replaceHub();
  await expect.poll(() => bench.hub.registry.get('chat-1')?.state).toBe('draining');
  bench.link.report('stopping');
  await expect.poll(() => bench.hub.registry.get('chat-1')?.state).toBe('stopping');
});

it('tells of one that has no link, and of one that does not answer in time', async () => {
  using bench = await serverAndHub();
  expect(await tellTakesNew(bench, 'chat-9', false)).toBe(false);
  const silent = expect(tellTakesNew(bench, 'chat-1', false)).rejects.toThrow(
    'it drains once it hears of it',
  );
  bench.clock.pass(5000); // it is starting: its word comes with its readiness
  await silent;
});
