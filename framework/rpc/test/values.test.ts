import assert from 'node:assert/strict';
import { isPomeloError } from '@pomelo-ts/common';
import { describe, expect, it } from 'vitest';
import { carriedCases } from '../src/testing/carried-values.js';
import { ClusterOfNodes, transports } from './cluster-of-nodes.js';

/** What is said of a call that fails. */
async function refusal(call: Promise<unknown>): Promise<{ code: string; message: string } | undefined> {
  const error: unknown = await call.catch((thrown: unknown) => thrown);
  return isPomeloError(error) ? { code: error.code, message: error.message } : undefined;
}

const isFunction = { code: 'RPC_UNSERIALIZABLE', message: expect.stringContaining('[0].on is a function') };

describe.each(Object.keys(transports))('values over %s', (transport) => {
  async function pair(cluster: ClusterOfNodes, answer: (args: unknown[]) => unknown) {
    const a = await cluster.node('a-1', { request: (_method, args) => answer(args) });
    const b = await cluster.node('b-1', { request: (_method, args) => answer(args) });
    a.node.addPeer(b.entry);
    b.node.addPeer(a.entry);
    return a.node;
  }

  it('arrive as the table says, as arguments, as answers and in calls of a server to itself', async () => {
    await using cluster = new ClusterOfNodes(transport);
    const seen: unknown[] = [];
    let made: (() => unknown) | undefined;
    const node = await pair(cluster, ([value]) => {
      seen.push(value);
      return made!();
    });
    for (const { what, make, arrives } of carriedCases) {
      for (const target of ['b-1', 'a-1']) {
        made = make;
        assert.deepStrictEqual([what, await node.request(target, 'm', [make()])], [what, arrives]);
        assert.deepStrictEqual([what, seen.pop()], [what, arrives]);
      }
    }
  });

  it('that cannot travel are refused with RPC_UNSERIALIZABLE and their place, wherever they are', async () => {
    await using cluster = new ClusterOfNodes(transport);
    const node = await pair(cluster, ([ask]) => (ask === 'answer' ? [{ on: () => 1 }] : 'fine'));
    for (const target of ['b-1', 'a-1']) {
      expect(await refusal(node.request(target, 'm', [{ on: () => 1 }]))).toMatchObject(isFunction);
      expect(await refusal(node.request(target, 'm', ['answer']))).toMatchObject(isFunction);
      expect(await node.request(target, 'm', ['next'])).toBe('fine');
    }
    expect(() => node.notify('b-1', 'm', [{ on: () => 1 }])).toThrow('[0].on is a function');
  });

  it('of a method whose name is too long are refused, and leave nothing on the way', async () => {
    await using cluster = new ClusterOfNodes(transport);
    const node = await pair(cluster, ([value]) => value);
    const refused = await refusal(node.request('b-1', 'x'.repeat(70_000), [1]));
    expect(refused).toMatchObject({ code: 'RPC_UNSERIALIZABLE' });
    expect(await node.request('b-1', 'm', [2])).toBe(2);
  });

  it('are what they were when they were given, however much is written after them', async () => {
    await using cluster = new ClusterOfNodes(transport);
    const node = await pair(cluster, ([value]) => value);
    const sizes = [0, 1, 7, 100, 3000, 20_000, 90_000];
    const calls: Promise<void>[] = [];
    for (let i = 0; i < 300; i++) {
      const bytes = Buffer.alloc(sizes[i % sizes.length]!, i);
      const call = node.request('b-1', 'm', [{ i, bytes, view: new Uint16Array([i, i]) }]);
      bytes.fill(0xee);
      const expected = { i, bytes: Buffer.alloc(bytes.length, i), view: Buffer.from([i, i >> 8, i, i >> 8]) };
      calls.push(call.then((answer) => assert.deepStrictEqual(answer, expected)));
      if (i % 20 === 0) await new Promise(setImmediate);
    }
    await Promise.all(calls);
  });
});
