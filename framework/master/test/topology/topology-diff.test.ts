import type { ClusterConfig, ServerEntry } from '@pomelo-ts/cluster';
import { describe, expect, it } from 'vitest';
import { runningEntry } from '../../src/topology/live-fields.js';
import { diffConfigs, type TopologyDiff } from '../../src/topology/topology-diff.js';
import { entry } from '../supervisor-bench.js';

type Parts = Partial<Record<'settings' | 'master' | 'crons' | 'dictionary', unknown>>;

const configOf = (servers: readonly ServerEntry[], parts: Parts = {}) =>
  ({
    servers,
    settings: { log: { level: 'info' }, client: { heartbeatMs: 1000 } },
    master: { port: 3005, stopTimeoutMs: 10, restart: { limit: 3 } },
    crons: {},
    dictionary: [],
    clientProtos: null,
    serverProtos: null,
    ...parts,
  }) as unknown as ClusterConfig;

const three = [entry('chat-1'), entry('chat-2'), entry('gate-1')];
const before = configOf(three);
const diff = (after: ClusterConfig, stopped: readonly string[] = []): TopologyDiff =>
  diffConfigs(before, after, { runs: (id) => !stopped.includes(id), waiting: [] });
const needs = ({ changes }: TopologyDiff) => changes.map(({ path, need }) => `${path}: ${need}`);

describe('the difference of two configurations', () => {
  it('is empty for the same, whatever the order of keys', () => {
    const turned = three.map((one) => Object.fromEntries(Object.entries(one).reverse()) as ServerEntry);
    expect(diff(configOf(turned))).toMatchObject({ added: [], removed: [], changes: [], restart: [] });
  });

  it('names servers that come, go, and change field by field', () => {
    const after = configOf([entry('chat-1', { port: 6051, weight: 2 }), entry('gate-1'), entry('chat-3')]);
    const found = diff(after);
    expect(found).toMatchObject({ added: ['chat-3'], removed: ['chat-2'], restart: ['chat-1'] });
    expect(needs(found)).toEqual(['chat-1.weight: live', 'chat-1.port: restart']);
    expect(found.changes[1]).toMatchObject({ from: undefined, to: 6051, ids: ['chat-1'] });
  });

  it('says of what the master asks for each time that it is applied at once: who may do what, and whether code is carried out', () => {
    const master = { port: 3005, stopTimeoutMs: 10, restart: { limit: 3 }, admin: { port: 3080 } };
    const admin = {
      port: 3081,
      roles: { looker: { verbs: ['log.read'] } },
      idleTimeout: 1,
      secondFactor: 'required',
    };
    const changed = configOf(three, { master: { ...master, allowEval: true, admin } });
    const running = { runs: () => true, waiting: [] };
    expect(needs(diffConfigs(configOf(three, { master }), changed, running))).toEqual([
      'master.admin.port: master',
      'master.admin.roles: live',
      'master.admin.idleTimeout: live',
      'master.admin.secondFactor: live',
      'master.allowEval: live',
    ]);
  });

  it('takes nothing of servers that do not run', () => {
    const after = configOf([entry('chat-1', { port: 6051 }), ...three.slice(1)]);
    expect(needs(diff(after, ['chat-1']))).toEqual(['chat-1.port: nothing']);
    expect(diff(after, ['chat-1']).restart).toEqual([]);
  });

  it('tells what those start with that it adds, where nobody else is concerned', () => {
    const lobby = entry('lobby-1');
    const crons = { lobby: [{ id: 'a' }], chat: [{ id: 'b' }], shop: [{ id: 'c' }], gate: [] };
    const found = diff(configOf([...three, lobby], { crons }));
    expect(needs(found)).toEqual(['crons.lobby: start', 'crons.chat: restart', 'crons.shop: nothing']);
    expect(found.changes[0]).toMatchObject({ ids: ['lobby-1'] });
    const first = diffConfigs(configOf([]), configOf([lobby], { dictionary: ['a'] }), {
      runs: () => false,
      waiting: [],
    });
    expect(needs(first)).toEqual(['dictionary: start']);
  });

  it('tells who runs with the values that a change is taken back to', () => {
    const changed = configOf(three, { crons: { chat: [{ id: 'b' }] }, dictionary: ['a'] });
    const running = {
      runs: () => true,
      waiting: ['chat-1', 'gate-1'], // chat-2 was restarted meanwhile
      startedAs: () => before,
    };
    const taken = diffConfigs(changed, before, running);
    expect(taken).toMatchObject({ back: ['chat-1', 'gate-1'], waiting: [], restart: ['chat-2'] });
    expect(taken.changes.map(({ path, need, ids }) => [path, need, ids])).toEqual([
      ['crons.chat', 'restart', ['chat-2']],
      ['dictionary', 'restart', ['chat-2']],
    ]);
    const half = diffConfigs(changed, configOf(three, { dictionary: ['a'] }), running);
    expect(half).toMatchObject({ back: [], waiting: ['chat-1', 'gate-1'], restart: ['chat-1', 'chat-2'] });
    const whole = diffConfigs(changed, before, { ...running, waiting: ['chat-1', 'chat-2', 'gate-1'] });
    expect(needs(whole)).toEqual(['crons.chat: back', 'dictionary: back']);
    expect(whole).toMatchObject({ restart: [], waiting: [] });
  });

  it('tells settings that servers take while they run from those of a restart, and those of the master', () => {
    const found = diff(
      configOf(three, {
        settings: { log: { level: 'debug' }, client: { heartbeatMs: 2000, maxConnections: 5 } },
        master: { port: 3006, stopTimeoutMs: 20, restart: { limit: 4 } },
      }),
    );
    expect(needs(found)).toEqual([
      'settings.log.level: live',
      'settings.client.heartbeat: restart',
      'settings.client.maxConnections: live',
      'master.port: master',
      'master.stopTimeout: live',
      'master.restart.limit: live',
    ]);
    expect(found.restart).toEqual(['chat-1', 'chat-2', 'gate-1']);
  });

  it('restarts for crons only those that own them, and for the dictionary all', () => {
    expect(diff(configOf(three, { crons: { chat: [{ id: 'sweep' }] } })).restart).toEqual([
      'chat-1',
      'chat-2',
    ]);
    expect(diff(configOf(three, { crons: { 'gate-1': [{ id: 'sweep' }] } })).restart).toEqual(['gate-1']);
    expect(diff(configOf(three, { dictionary: ['onChat'] })).restart).toHaveLength(3);
  });

  it('has another digest when it is another', () => {
    const digests = [before, configOf(three.slice(1)), configOf([...three, entry('chat-3')])].map(
      (after) => diff(after).digest,
    );
    expect(new Set(digests).size).toBe(3);
    expect(diff(configOf(three.slice(1))).digest).toBe(digests[1]);
  });
});

it('a server that runs has the port it was started with, and the weight that is wanted now', () => {
  const started = entry('chat-1', { port: 1, maxConnections: 5 });
  expect(runningEntry(started, entry('chat-1', { port: 2, weight: 3 }))).toEqual(
    entry('chat-1', { port: 1, weight: 3 }),
  );
});
