import type { RegistryEntry, RegistryView } from '@pomelo-ts/cluster';
import { FakeClock } from '@pomelo-ts/common/testing';
import { MemoryNetwork, memoryTransport, RpcNode } from '@pomelo-ts/rpc';
import { describe, expect, it } from 'vitest';
import { GateService } from '../../src/gate.js';
import { UnreachedPeers } from '../../src/server/unreached-peers.js';
import { poll } from '../poll.js';
import { testKey } from '../running-game.js';

const entry = (id: string, more: Partial<RegistryEntry> = {}): RegistryEntry => ({
  id,
  type: id.split('-')[0]!,
  host: '127.0.0.1',
  port: 6000 + Number(id.split('-')[1]),
  frontend: false,
  weight: 1,
  bootId: `boot of ${id}`,
  buildId: '1',
  pid: 1,
  state: 'ready',
  joined: 1,
  extra: {},
  ...more,
});
const frontend = { frontend: true, port: 7001, clientPort: 7002 };

/** A view of what is in a list. */
function viewOf(entries: () => readonly RegistryEntry[]): RegistryView {
  return {
    revision: 1,
    get all() {
      return entries();
    },
    get: (id) => entries().find((one) => one.id === id),
    ofType: (type) => entries().filter((one) => one.type === type),
    takingNew: (type) => entries().filter((one) => one.type === type),
    onChange: () => () => {},
  };
}

function nodeOf(id: string, network: MemoryNetwork): RpcNode {
  return new RpcNode({
    id,
    bootId: `boot of ${id}`,
    keys: () => [testKey],
    transport: memoryTransport(network),
    handlers: { request: () => undefined },
  });
}

describe('a server that cannot reach another', () => {
  it('tells so when that has lasted, names the types that it has lost whole, and no more when it is over', async () => {
    const network = new MemoryNetwork();
    const near = nodeOf('connector-1', network);
    const chat1 = nodeOf('chat-1', network);
    const chat2 = nodeOf('chat-2', network);
    try {
      await chat1.listen({ host: '127.0.0.1', port: 6001 });
      await near.listen({ host: '127.0.0.1', port: 7001 });
      const entries = [
        entry('connector-1', frontend),
        entry('chat-1'),
        entry('chat-2'),
        entry('arena-3'),
        entry('auth-4', { state: 'starting' }),
        entry('gate-5', frontend),
      ];
      const clock = new FakeClock();
      const peers = new UnreachedPeers(
        viewOf(() => entries),
        near,
        clock,
      );
      for (const { id, bootId, type, host, port } of entries)
        near.addPeer({ id, bootId, type, host, port: port!, dial: true });
      chat1.addPeer({
        id: 'connector-1',
        bootId: 'boot of connector-1',
        type: 'connector',
        host: '127.0.0.1',
        port: 7001,
        dial: false,
      });
      await poll(() => near.peer('chat-1')?.connection !== undefined).toBe(true);
      expect(peers.look()).toBeUndefined();
      clock.pass(2900);
      expect(peers.look()).toBeUndefined(); // it may still be dialing
      clock.pass(200);
      expect(peers.look()).toEqual({ unreached: ['chat-2', 'arena-3', 'gate-5'], cutFrom: ['arena'] });
      await chat2.listen({ host: '127.0.0.1', port: 6002 });
      chat2.addPeer({
        id: 'connector-1',
        bootId: 'boot of connector-1',
        type: 'connector',
        host: '127.0.0.1',
        port: 7001,
        dial: false,
      });
      await poll(() => near.peer('chat-2')?.connection !== undefined).toBe(true);
      expect(peers.look()).toEqual({ unreached: ['arena-3', 'gate-5'], cutFrom: ['arena'] });
      await chat1.close();
      await chat2.close();
      await poll(() => near.peer('chat-1')?.connection ?? near.peer('chat-2')?.connection).toBeUndefined();
      peers.look();
      clock.pass(3000);
      expect(peers.look()!.cutFrom).toEqual(['arena', 'chat']);
    } finally {
      await Promise.all([near.close(), chat1.close(), chat2.close()]);
    }
  });
});

describe('a gate', () => {
  const pickAll = (entries: readonly RegistryEntry[]) => {
    const gate = new GateService({
      registry: viewOf(() => entries),
      loads: () => new Map(),
      strategy: 'hash',
      serverType: 'connector',
    });
    return [...new Set(Array.from({ length: 60 }, (_, n) => gate.pick(`player-${n}`).id))].sort();
  };

  it('hands out no connector that has lost a type of backends while another has not', () => {
    const [first, second, third] = ['connector-1', 'connector-2', 'connector-3'].map((id) =>
      entry(id, frontend),
    ) as [RegistryEntry, RegistryEntry, RegistryEntry];
    const cut = { ...second, cutFrom: ['chat'] };
    expect(pickAll([first, cut, third])).toEqual(['connector-1', 'connector-3']);
    expect(pickAll([first, second, third])).toHaveLength(3);
    // Where all are cut, those go on that have lost least.
    expect(pickAll([{ ...first, cutFrom: ['arena', 'chat'] }, cut])).toEqual(['connector-2']);
    expect(pickAll([cut])).toEqual(['connector-2']);
  });
});
