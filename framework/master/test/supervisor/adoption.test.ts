import { newBootId, silentLogger } from '@pomelo-ts/common';
import { describe, expect, it } from 'vitest';
import { Adoption } from '../../src/supervisor/adoption.js';
import { Bench, entry, quiet } from '../supervisor-bench.js';

/** A takeover in which a life of `chat-1` is left that hangs, and whose next life shall drain as operators have ordered it. */
async function takeOverHanging(order: 'drains' | 'none') {
  const chat = entry('chat-1', { autoRestart: true, restartForce: true });
  const bench = new Bench([chat]);
  const { launcher, supervisor, clock } = bench;
  launcher.behaviour['chat-1'] = { ready: false };
  const boot = { id: 'chat-1', bootId: newBootId(), masters: [], keys: { link: [], rpc: [] } };
  const left = launcher.launch(chat, { ...boot, buildId: 'b', root: '/', exitWithParent: false });
  left.freeze();
  launcher.behaviour['chat-1'] = {};
  if (order === 'drains') supervisor.keepDrained(['chat-1']);
  const record = { id: 'chat-1', bootId: left.bootId, pid: left.pid, startTime: '1' };
  const hosts = { leftOn: async () => [record], adopt: () => left, isHere: () => true };
  const parts = { hosts, supervisor, clock, logger: silentLogger, term: 1, joinMs: 1000 };
  const running = new Adoption({ ...parts, secretIsNew: () => false }).run([chat]);
  await bench.pass(2000);
  expect(await running).toEqual([]);
  return { bench, left };
}

describe('a life that hangs while its servers are taken over', () => {
  it.each([
    ['drains', true],
    ['none', undefined],
  ] as const)('is killed, and the order to it is that to the next one: %s', async (order, drains) => {
    const { bench, left } = await takeOverHanging(order);
    using _ = bench;
    expect([left.signals, bench.state('chat-1')]).toEqual([['SIGKILL'], 'down']);
    expect(bench.supervisor.drained).toEqual(drains ? ['chat-1'] : []);
    await bench.start('chat-1');
    await quiet();
    expect(bench.supervisor.record('chat-1')).toMatchObject({ state: 'ready', drains });
    expect(bench.hub.registry.get('chat-1')?.state).toBe(drains ? 'draining' : 'ready');
  });
});
