import type { MasterLink } from '@pomelo-ts/cluster';
import { joinCluster, memoryStreams } from '@pomelo-ts/cluster/internal';
import { describe, expect, it } from 'vitest';
import { Claims } from '../../src/external/claims.js';
import { Bench, entry, quiet } from '../supervisor-bench.js';

/** Servers that others run, and who claims them. */
class ClaimBench extends Bench {
  readonly claims = new Claims({
    hub: this.hub,
    clock: this.clock,
    records: () => this.supervisor.records,
    joinMs: () => 5000,
  });
  readonly refused: string[] = [];

  constructor() {
    super([entry('chat-1', { external: true }), entry('chat-2', { external: true }), entry('gate-1')]);
  }

  /** The id that is granted, else why none is. */
  claim(wish: { id?: string; type?: string }, bootId: string): string {
    const answer = this.claims.claim({ ...wish, bootId });
    return 'granted' in answer ? answer.granted.id : answer.taken;
  }

  async join(id: string, bootId: string): Promise<MasterLink> {
    const link = await joinCluster({
      dial: async () => {
        const [near, far] = memoryStreams();
        this.hub.accept(far, { role: 'server', id });
        return near;
      },
      id,
      bootId,
      buildId: 'b',
      external: true,
      clock: this.clock,
      onStop: () => link.close(),
      onRefused: () => void this.refused.push(bootId),
    });
    link.report('ready');
    await quiet();
    return link;
  }
}

describe('a claim', () => {
  it('gives each server away once, by type in the order of the topology', () => {
    using bench = new ClaimBench();
    expect(bench.claim({ type: 'chat' }, 'a')).toBe('chat-1');
    expect(bench.claim({ id: 'chat-1' }, 'b')).toBe('another process is just beginning as chat-1');
    expect(bench.claim({ type: 'chat' }, 'b')).toBe('chat-2');
    expect(bench.claim({ type: 'chat' }, 'c')).toBe('all 2 servers of type chat are taken: chat-1, chat-2');
    expect(() => bench.claim({ type: 'dance' }, 'c')).toThrow('known are: chat, gate');
  });

  it('ends when nobody joins in time, and who comes late must claim again', async () => {
    using bench = new ClaimBench();
    bench.claim({ id: 'chat-1' }, 'late');
    await bench.pass(5000);
    await expect(bench.join('chat-1', 'late')).rejects.toMatchObject({ code: 'LINK_REFUSED' });
    expect(bench.claim({ id: 'chat-1' }, 'again')).toBe('chat-1');
    await bench.join('chat-1', 'again');
    expect(bench.state('chat-1')).toBe('ready');
    await bench.pass(10_000);
    expect(bench.state('chat-1')).toBe('ready');
  });

  it('is returned by a process that ends before it joins, and by no other', () => {
    using bench = new ClaimBench();
    bench.claim({ id: 'chat-1' }, 'first');
    bench.claims.release('chat-1', 'another');
    expect(bench.claim({ id: 'chat-1' }, 'second')).toBe('another process is just beginning as chat-1');
    bench.claims.release('chat-1', 'first');
    expect(bench.claim({ id: 'chat-1' }, 'second')).toBe('chat-1');
  });

  it('is refused while the server has its link, and passes it on at once when that is lost', async () => {
    using bench = new ClaimBench();
    bench.claim({ id: 'chat-1' }, 'first');
    const first = await bench.join('chat-1', 'first');
    expect(bench.claim({ id: 'chat-1' }, 'second')).toMatch(
      /^chat-1 runs already \(pid \d+ on 127.0.0.1, ready\)$/,
    );
    bench.hub.ended('chat-1', 'first'); // its link breaks
    await quiet();
    expect(bench.claim({ type: 'chat' }, 'third')).toBe('chat-2');
    expect(bench.claim({ id: 'chat-1' }, 'second')).toBe('chat-1');
    await bench.join('chat-1', 'second');
    await bench.pass(5000);
    expect(bench.refused).toEqual(['first']);
    expect(bench.supervisor.record('chat-1')).toMatchObject({ bootId: 'second', state: 'ready' });
    first.close();
  });

  it('leaves a server that comes back within the time what it is', async () => {
    using bench = new ClaimBench();
    bench.claim({ id: 'chat-1' }, 'first');
    await bench.join('chat-1', 'first');
    bench.hub.ended('chat-1', 'first');
    await bench.pass(20_000);
    expect(bench.supervisor.record('chat-1')).toMatchObject({ bootId: 'first', state: 'ready', restarts: 0 });
    expect(bench.logged).toEqual([]);
  });

  it('is for servers that the master does not run or start', async () => {
    using bench = new ClaimBench();
    await bench.start('gate-1');
    expect(bench.claim({ id: 'gate-1' }, 'a')).toMatch(
      /^the master runs gate-1 .*pomelo-ts stop gate-1 leaves it to others$/,
    );
  });
});
