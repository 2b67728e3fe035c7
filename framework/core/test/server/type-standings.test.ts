import type { RegistryChange, RegistryEntry, RegistryView } from '@pomelo-ts/cluster';
import { describe, expect, it } from 'vitest';
import { TypeStandings } from '../../src/server/type-standings.js';

/** A registry that changes by hand. */
function registryByHand() {
  const entries = new Map<string, RegistryEntry>();
  const listeners = new Set<(change: RegistryChange) => void>();
  const tell = (change: RegistryChange) => {
    for (const fn of listeners) fn(change);
  };
  const view = {
    get all() {
      return [...entries.values()];
    },
    onChange: (fn: (change: RegistryChange) => void) => {
      listeners.add(fn);
      return () => listeners.delete(fn);
    },
  };
  return {
    view: view as unknown as RegistryView,
    add: (id: string, frontend = false) => {
      const entry = { id, type: id.split('-')[0]!, frontend } as RegistryEntry;
      entries.set(id, entry);
      tell({ added: entry });
    },
    remove: (id: string) => {
      const entry = entries.get(id)!;
      entries.delete(id);
      tell({ removed: entry });
    },
  };
}

describe('where clients may have messages forwarded to', () => {
  it('are backends that come while the frontend runs, of types that it has never heard of too', () => {
    const registry = registryByHand();
    let changes = 0;
    const standings = new TypeStandings(registry.view, ['chat'], () => changes++);
    expect(['chat', 'dance', '__proto__'].map((type) => standings.of(type))).toEqual([
      'absent',
      'closed',
      'closed',
    ]);
    registry.add('dance-1');
    expect(standings.of('dance')).toBe('backend');
    registry.add('dance-2');
    registry.remove('dance-1');
    expect([standings.of('dance'), changes]).toEqual(['backend', 1]);
    registry.remove('dance-2');
    expect([standings.of('dance'), changes]).toEqual(['absent', 2]);
  });

  it('are backends no more that become frontends, and the other way round', () => {
    const registry = registryByHand();
    let changes = 0;
    registry.add('lobby-1');
    const standings = new TypeStandings(registry.view, [], () => changes++);
    expect(standings.of('lobby')).toBe('backend');
    registry.remove('lobby-1');
    registry.add('lobby-1', true);
    expect([standings.of('lobby'), changes]).toEqual(['closed', 2]);
    registry.remove('lobby-1');
    registry.add('lobby-1');
    expect([standings.of('lobby'), changes]).toEqual(['backend', 4]);
  });
});
