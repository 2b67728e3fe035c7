import { isPomeloError } from '@pomelo-ts/common';
import { describe, expect, it, vi } from 'vitest';
import { ClusterOfNodes } from './cluster-of-nodes.js';

describe('the late answer of a call that timed out', () => {
  it('settles no other call, also after all numbers of its slot have been used', async () => {
    await using cluster = new ClusterOfNodes('memory');
    const a = await cluster.node('a-1');
    const held: (() => void)[] = [];
    const hold = (method: string) => new Promise((resolve) => held.push(() => resolve(method)));
    const b = await cluster.node('b-1', { request: (method) => (method === 'fast' ? 1 : hold(method)) });
    for (const { node } of [a, b]) for (const { entry } of [a, b]) node.addPeer(entry);
    await a.node.request('b-1', 'fast', []);
    const late = a.node.request('b-1', 'late', [], { timeoutMs: 1 });
    await expect(late).rejects.toSatisfy((error) => isPomeloError(error, 'RPC_TIMEOUT'));
    for (let i = 0; i < 65_535; i++) await a.node.request('b-1', 'fast', []);
    const other = a.node.request('b-1', 'other', []);
    await vi.waitFor(() => expect(held).toHaveLength(2));
    for (const release of held) release();
    expect(await other).toBe('other');
  }, 120_000);
});
