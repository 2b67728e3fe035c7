import { describe, expect, it } from 'vitest';
import { UidHomes } from '../../src/directory/uid-homes.js';

const frontends = (count: number) => Array.from({ length: count }, (_, n) => `connector-${n}`);
const uids = Array.from({ length: 20_000 }, (_, n) => `uid-${n}`);

describe('the home of a uid', () => {
  it('is one of the frontends, the same whatever the order that they are known in', () => {
    const ids = frontends(7);
    const [one, other] = [new UidHomes(ids), new UidHomes([...ids].reverse())];
    for (const uid of uids.slice(0, 1000)) {
      expect(ids).toContain(one.homeOf(uid));
      expect(other.homeOf(uid)).toBe(one.homeOf(uid));
    }
    expect(new UidHomes([]).homeOf('uid-1')).toBeUndefined();
  });

  it('gives each frontend its share', () => {
    const homes = new UidHomes(frontends(20));
    const counts = new Map<string, number>();
    for (const uid of uids) counts.set(homes.homeOf(uid)!, (counts.get(homes.homeOf(uid)!) ?? 0) + 1);
    expect(counts.size).toBe(20);
    for (const count of counts.values()) {
      expect(count).toBeGreaterThan(800);
      expect(count).toBeLessThan(1200);
    }
  });

  it('moves to a frontend that joins, and to no other; and back when that one leaves', () => {
    const [before, after] = [new UidHomes(frontends(9)), new UidHomes(frontends(10))];
    const moved = uids.filter((uid) => before.homeOf(uid) !== after.homeOf(uid));
    expect(moved.every((uid) => after.homeOf(uid) === 'connector-9')).toBe(true);
    expect(moved.length).toBeGreaterThan(1600);
    expect(moved.length).toBeLessThan(2400);
  });

  it('tells numbers from texts', () => {
    const homes = new UidHomes(frontends(50));
    const differ = Array.from({ length: 100 }, (_, n) => homes.homeOf(n) !== homes.homeOf(String(n)));
    expect(differ.filter(Boolean).length).toBeGreaterThan(80);
  });
});
