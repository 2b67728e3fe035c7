import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  entryFrom,
  type ProcessFacts,
  Registry,
  type RegistryChange,
  RegistryCopy,
} from '../src/registry.js';
import { entry } from './cluster-fixture.js';

/** No listener of these tests throws. */
const rethrow = (error: unknown): never => {
  throw error;
};

const life = (id: string, bootId: string, state: ProcessFacts['state'] = 'ready') => ({
  ...entryFrom(entry(id), { bootId, buildId: 'b', pid: 1, state, listening: {} }),
  joined: 1,
});

/** A master's registry and a server's copy that hears every step. */
function pair() {
  const registry = new Registry('master-1');
  const copy = new RegistryCopy(rethrow);
  const changes: RegistryChange[] = [];
  copy.onChange((change) => changes.push(change));
  registry.onDelta((delta) => copy.applyDelta(delta));
  return { registry, copy, changes };
}

describe('a copy of the registry', () => {
  it('follows the master step by step', () => {
    const { registry, copy } = pair();
    registry.put(life('chat-2', 'a'));
    registry.put(life('chat-1', 'b'));
    registry.put(life('chat-3', 'c', 'starting'));
    expect(copy.revision).toBe(3);
    expect(copy.ofType('chat').map(({ id }) => id)).toEqual(['chat-1', 'chat-2']);
    registry.put(life('chat-1', 'b', 'stopping'));
    expect(copy.ofType('chat').map(({ id }) => id)).toEqual(['chat-2']);
    registry.remove('chat-2', 'a');
    expect(copy.ofType('chat')).toEqual([]);
  });

  it('tells who takes new work from who serves, and has one that drains take new work when nobody else does', () => {
    const { registry, copy } = pair();
    const taking = () => copy.takingNew('chat').map(({ id }) => id);
    registry.put(life('chat-1', 'a'));
    registry.put(life('chat-2', 'b'));
    expect(copy.takingNew('chat')).toBe(copy.ofType('chat'));
    registry.put(life('chat-1', 'a', 'draining'));
    expect(copy.ofType('chat').map(({ id }) => id)).toEqual(['chat-1', 'chat-2']);
    expect(taking()).toEqual(['chat-2']);
    expect(copy.takingNew('chat')).toBe(copy.takingNew('chat'));
    registry.put(life('chat-2', 'b', 'draining'));
    expect(taking()).toEqual(['chat-1', 'chat-2']);
    registry.put(life('chat-2', 'b', 'stopping'));
    expect(taking()).toEqual(['chat-1']);
    registry.put(life('chat-1', 'a', 'ready'));
    registry.put(life('chat-2', 'b', 'starting'));
    expect(taking()).toEqual(['chat-1']);
  });

  it('is not led by a late removal of a former life', () => {
    const { registry, copy } = pair();
    registry.put(life('chat-1', 'old'));
    registry.put(life('chat-1', 'new'));
    expect(registry.remove('chat-1', 'old')).toBe(false);
    copy.applyDelta({ revision: 3, remove: { id: 'chat-1', bootId: 'old' } });
    expect(copy.get('chat-1')?.bootId).toBe('new');
  });

  it('tells a new life as the removal of the old one and an addition', () => {
    const { registry, changes } = pair();
    registry.put(life('chat-1', 'old'));
    registry.put(life('chat-1', 'new'));
    expect(changes).toMatchObject([
      { added: { bootId: 'old' } },
      { removed: { bootId: 'old', state: 'gone' } },
      { added: { bootId: 'new' } },
    ]);
  });

  it('asks for a snapshot when a step is missing, and passes over steps it has seen', () => {
    const copy = new RegistryCopy(rethrow);
    expect(copy.applyDelta({ revision: 1, put: life('chat-1', 'a') })).toBe(true);
    expect(copy.applyDelta({ revision: 3, put: life('chat-3', 'a') })).toBe(false);
    expect(copy.applyDelta({ revision: 1, put: life('chat-1', 'x') })).toBe(true);
    expect(copy.get('chat-1')?.bootId).toBe('a');
    copy.applySnapshot({ epoch: 'm', revision: 3, entries: [life('chat-3', 'a')], settled: true });
    expect(copy.all.map(({ id }) => id)).toEqual(['chat-3']);
    expect(copy.applyDelta({ revision: 4, put: life('chat-4', 'a') })).toBe(true);
  });

  it('removes nobody on the word of a new master that has not settled', () => {
    const { registry, copy, changes } = pair();
    copy.applySnapshot({ epoch: 'master-1', revision: 0, entries: [], settled: true });
    registry.put(life('chat-1', 'a'));
    registry.put(life('chat-2', 'b'));
    changes.length = 0;
    copy.applySnapshot({ epoch: 'master-2', revision: 1, entries: [life('chat-1', 'a')], settled: false });
    copy.applySnapshot({ epoch: 'master-2', revision: 1, entries: [life('chat-1', 'a')], settled: false });
    expect(changes).toEqual([]);
    copy.settle();
    expect(changes).toMatchObject([{ removed: { id: 'chat-2' } }]);
  });

  it('says nothing about an entry that stays the same', () => {
    const { registry, changes } = pair();
    registry.put(life('chat-1', 'a'));
    registry.put(life('chat-1', 'a'));
    expect(changes).toHaveLength(1);
  });

  it('keeps the order of joining through changes, and counts a new life as joining anew', () => {
    const { registry, copy } = pair();
    registry.put(life('chat-1', 'a', 'starting'));
    registry.put(life('chat-2', 'b'));
    registry.put(life('chat-1', 'a', 'ready'));
    expect(copy.get('chat-1')?.joined).toBe(1);
    registry.put(life('chat-1', 'c'));
    expect(copy.get('chat-1')?.joined).toBe(4);
  });

  it('ends up as the master has it, whatever happens and whichever steps get lost', () => {
    const step = fc.record({
      id: fc.constantFrom('chat-1', 'chat-2', 'gate-1'),
      bootId: fc.constantFrom('a', 'b'),
      put: fc.boolean(),
      lost: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const registry = new Registry('master-1');
        const copy = new RegistryCopy(rethrow);
        expect(JSON.parse(registry.snapshotJson(true))).toEqual(
          JSON.parse(JSON.stringify(registry.snapshot(true))),
        );
        copy.applySnapshot(JSON.parse(registry.snapshotJson(true)));
        let lost = false;
        registry.onDelta((delta) => {
          if (!lost && !copy.applyDelta(delta)) copy.applySnapshot(registry.snapshot(true));
        });
        for (const { id, bootId, put, ...rest } of steps) {
          lost = rest.lost;
          if (put) registry.put(life(id, bootId));
          else registry.remove(id, bootId);
        }
        lost = false;
        registry.put(life('chat-9', 'z'));
        const byId = (all: readonly { id: string }[]) => [...all].sort((a, b) => (a.id < b.id ? -1 : 1));
        expect(byId(copy.all)).toEqual(byId(registry.all));
        expect(copy.revision).toBe(registry.revision);
      }),
    );
  });
});
