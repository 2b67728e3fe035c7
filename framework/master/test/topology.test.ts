import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClusterConfig, ServerEntry } from '@pomelo-ts/cluster';
import { describe, expect, it } from 'vitest';
import { Topology } from '../src/topology.js';
import { entry } from './supervisor-bench.js';

/** A game's folder, and the topologies of one master after the other. */
class TopologyBench {
  readonly root = mkdtempSync(join(tmpdir(), 'pomelo-ts-topology-'));
  readonly file = join(this.root, '.pomelo-ts', 'topology.production.json');

  /** What a master knows whose files have these servers. */
  of(...servers: ServerEntry[]): Topology {
    return new Topology({ root: this.root, env: 'production', servers } as unknown as ClusterConfig);
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true });
  }
}

const idsOf = ({ servers }: Topology) => servers.map(({ id }) => id);
const copy = (n: number) => entry(`cluster-server-chat-${n}`, { type: 'chat' });

describe('a topology', () => {
  it('keeps what was added and removed for the next master, and no file when nothing is', () => {
    using bench = new TopologyBench();
    const files = [entry('chat-1'), entry('chat-2')];
    const first = bench.of(...files);
    expect(existsSync(bench.file)).toBe(false);
    first.add([entry('chat-3')]);
    first.remove(['chat-1']);
    expect(idsOf(first)).toEqual(['chat-2', 'chat-3']);
    const next = bench.of(...files);
    expect(idsOf(next)).toEqual(['chat-2', 'chat-3']);
    next.remove(['chat-3']);
    next.restore(['chat-1']);
    expect(idsOf(bench.of(...files))).toEqual(['chat-1', 'chat-2']);
    expect(existsSync(bench.file)).toBe(false);
  });

  it('goes by the file for a server that was added and stands there by now', () => {
    using bench = new TopologyBench();
    bench.of(entry('chat-1')).add([entry('chat-2', { port: 1 })]);
    const next = bench.of(entry('chat-1'), entry('chat-2', { port: 2 }));
    expect(next.get('chat-2')?.port).toBe(2);
    expect(idsOf(next)).toEqual(['chat-1', 'chat-2']);
  });

  it('forgets that a server was removed when the file drops it, too', () => {
    using bench = new TopologyBench();
    const topology = bench.of(entry('chat-1'), entry('chat-2'));
    topology.remove(['chat-2']);
    topology.replaceBase({ ...topology.config, servers: [entry('chat-1')] });
    topology.replaceBase({ ...topology.config, servers: [entry('chat-1'), entry('chat-2')] });
    expect(idsOf(topology)).toEqual(['chat-1', 'chat-2']);
  });

  it('gives no made id twice, also not after the highest one was removed and another master came', () => {
    using bench = new TopologyBench();
    const topology = bench.of(copy(0), copy(1));
    expect([topology.nextCopyOf('chat'), topology.nextCopyOf('gate')]).toEqual([2, 0]);
    topology.add([copy(2), copy(3)]);
    topology.remove(['cluster-server-chat-3', 'cluster-server-chat-2']);
    expect(bench.of(copy(0), copy(1)).nextCopyOf('chat')).toBe(4);
  });

  it('selects by id, type and host, and names what is known when one is not', () => {
    using bench = new TopologyBench();
    const topology = bench.of(entry('chat-1'), entry('gate-1', { host: '10.0.0.2' }), entry('chat-2'));
    expect(topology.select({})).toHaveLength(3);
    expect(topology.select({ hosts: ['10.0.0.2'], ids: ['chat-2'] })).toEqual(['gate-1', 'chat-2']);
    expect(topology.select({ hosts: ['[::ffff:10.0.0.2]', '127.0.0.1'] })).toHaveLength(3);
    expect(topology.select({ types: ['chat'] })).toEqual(['chat-1', 'chat-2']);
    expect(() => topology.select({ hosts: ['10.0.0.9'] })).toThrow('known are: 127.0.0.1, 10.0.0.2');
    expect(() => topology.removedEntries(['chat-1'])).toThrow('known are: none');
  });

  it('refuses to guess when its file cannot be read', () => {
    using bench = new TopologyBench();
    mkdirSync(join(bench.root, '.pomelo-ts'));
    const added = (one: unknown) => JSON.stringify({ added: [one] });
    const nonsense = [
      ...['{"added": [', '{"added": 1}', '{"added": [null]}', '{"removed": [5]}'],
      ...['{"counted": {"chat": "x"}}', '{"counted": null}'],
      ...[{ host: 5 }, { host: null }, { id: [] }, { type: {} }, { args: 'x' }, { port: '1' }].map((part) =>
        added({ ...entry('chat-2'), ...part }),
      ),
    ];
    for (const text of nonsense) {
      writeFileSync(bench.file, text);
      expect(() => bench.of(entry('chat-1'))).toThrow('remove the file to go by config/ alone');
    }
  });
});
