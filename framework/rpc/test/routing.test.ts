import { describe, expect, it } from 'vitest';
import { createBalancer } from '../src/routing.js';

const servers = [
  { id: 's1', weight: 1, pending: 2 },
  { id: 's2', weight: 2, pending: 0 },
  { id: 's3', weight: 0, pending: 5 },
];

function picks(
  strategy: Parameters<typeof createBalancer>[0],
  count: number,
  candidates = servers,
): string[] {
  const balancer = createBalancer(strategy);
  return Array.from({ length: count }, (_, i) => balancer(candidates, `key-${i}`)!.id);
}

const countOf = (ids: string[], id: string): number => ids.filter((other) => other === id).length;

describe('createBalancer', () => {
  it('hash sends one key to one server, and only the keys of a server that left elsewhere', () => {
    const before = picks('hash', 1000);
    expect(picks('hash', 1000, [...servers].reverse())).toEqual(before);
    const after = picks('hash', 1000, servers.slice(0, 2));
    for (let i = 0; i < 1000; i++) if (before[i] !== 's3') expect(after[i]).toBe(before[i]);
    for (const { id } of servers) expect(countOf(before, id)).toBeGreaterThan(250);
  });

  it('roundRobin takes turns', () => {
    const ids = picks('roundRobin', 300);
    for (const { id } of servers) expect(countOf(ids, id)).toBe(100);
  });

  it('weighted gives each its share and nothing to weight 0', () => {
    const ids = picks('weighted', 300);
    expect([countOf(ids, 's1'), countOf(ids, 's2'), countOf(ids, 's3')]).toEqual([100, 200, 0]);
  });

  it('leastBusy takes the one with the fewest waiting calls', () => {
    expect(new Set(picks('leastBusy', 10))).toEqual(new Set(['s2']));
  });

  it('gives nothing when no server is there', () => {
    for (const strategy of ['hash', 'roundRobin', 'weighted', 'leastBusy'] as const) {
      expect(createBalancer(strategy)([], 'key')).toBeUndefined();
    }
  });
});
