import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashText, Rendezvous, rendezvous } from '../src/hash.js';

const nodes = Array.from({ length: 16 }, (_, i) => `connector-${i}`);
const pick = (key: string, among: readonly string[]): string | undefined =>
  rendezvous(key, among, (node) => node);

describe('rendezvous', () => {
  it('gives every key one node, whatever the order of the nodes', () => {
    fc.assert(fc.property(fc.string(), (key) => pick(key, nodes) === pick(key, [...nodes].reverse())));
  });

  it('moves only the keys of a node that left, about a sixteenth of 10,000', () => {
    const rest = nodes.slice(1);
    let moved = 0;
    for (let i = 0; i < 10_000; i++) {
      const before = pick(`uid-${i}`, nodes);
      const after = pick(`uid-${i}`, rest);
      if (before !== after) {
        expect(before).toBe(nodes[0]);
        moved++;
      }
    }
    expect(moved).toBeGreaterThan(500);
    expect(moved).toBeLessThan(750);
  });

  it('spreads sequential keys within a tenth of even', () => {
    const counts = new Map<string, number>();
    for (let i = 0; i < 32_000; i++) {
      const node = pick(`uid-${i}`, nodes)!;
      counts.set(node, (counts.get(node) ?? 0) + 1);
    }
    for (const count of counts.values()) expect(Math.abs(count - 2000)).toBeLessThan(200);
  });

  it('gives the same of nodes that are asked once and of those that are asked again and again, in any order', () => {
    const ids = fc.uniqueArray(fc.string({ maxLength: 6 }), { maxLength: 20 });
    fc.assert(
      fc.property(fc.string(), ids, (key, among) => {
        const often = new Rendezvous([...among].reverse(), (id) => id);
        return often.pick(key) === pick(key, among) && often.pickHashed(hashText(key)) === pick(key, among);
      }),
    );
  });

  it('gives nothing when there are no nodes', () => {
    expect(pick('key', [])).toBeUndefined();
  });
});

describe('hashText', () => {
  it('gives unsigned 32-bit numbers', () => {
    fc.assert(fc.property(fc.string(), (text) => hashText(text) >= 0 && hashText(text) <= 0xffffffff));
  });
});
