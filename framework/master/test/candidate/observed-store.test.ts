import { MemoryStore } from '@pomelo-ts/cluster';
import { describe, expect, it } from 'vitest';
import { ObservedStore } from '../../src/candidate/observed-store.js';

describe('the health of the store that masters share', () => {
  it('is well while it answers, and tells cause and cure when it does not', async () => {
    const store = new ObservedStore(new MemoryStore());
    await store.put('one', '1');
    expect(store.health).toEqual({ status: 'UP', details: { kind: 'memory' } });
    await store.close();
    await expect(store.get('one')).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' });
    expect(store.health).toMatchObject({
      status: 'DEGRADED',
      cause: expect.stringContaining('does not answer: '),
      cure: expect.stringContaining('pomelo-ts doctor'),
    });
  });

  it('is well again with the first answer', async () => {
    const memory = new MemoryStore();
    let away = true;
    const inTheWay = {
      kind: 'memory',
      get: (key: string) => (away ? closed.get(key) : memory.get(key)),
    } as unknown as MemoryStore;
    const closed = new MemoryStore();
    await closed.close();
    const store = new ObservedStore(inTheWay);
    await expect(store.get('one')).rejects.toThrow();
    expect(store.health.status).toBe('DEGRADED');
    away = false;
    await store.get('one');
    expect(store.health.status).toBe('UP');
  });
});
