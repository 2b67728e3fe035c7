import { coordinationStoreContract } from '@pomelo-ts/cluster/testing';
import { FakeClock } from '@pomelo-ts/common/testing';
import { describe, expect, it } from 'vitest';
import { MemoryStore } from '../../src/coordination/memory-store.js';

describe('MemoryStore', () => {
  const clock = new FakeClock();
  let last = 0;
  const revisions = { next: () => ++last };
  const contract = coordinationStoreContract({
    open: () => new MemoryStore({ clock, revisions }),
    letPass: (ms) => clock.letPass(ms, ms),
  });
  for (const { title, run } of contract) it(title, run);

  it('ends a lease in time even when this process was paused, and its timers with it', async () => {
    let now = 0;
    const store = new MemoryStore({
      clock: { now: () => now, after: () => () => {}, every: () => () => {} },
    });
    const lease = await store.grant(1000);
    await store.put('a', 'x', { lease });
    now = 1000;
    expect(await store.put('b', 'x', { condition: { revision: 0 } })).toBeDefined();
    expect(await store.get('a')).toBeUndefined();
    expect(await store.keepAlive(lease)).toBe(false);
  });
});
