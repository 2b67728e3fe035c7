import { describe, expect, it } from 'vitest';
import { DirectoryShard, mostTold } from '../../src/directory/directory-shard.js';
import { PlaceTally, type UidPlace } from '../../src/directory/places.js';
import type { PerUidPolicy } from '../../src/directory/uid-registrar.js';

const place = (frontendId: string, session: number, boundAt = 0): UidPlace => ({
  frontendId,
  sessionId: `s${session}`,
  boundAt,
});

function shardOf(policy: PerUidPolicy) {
  const lost: string[] = [];
  const refused: string[] = [];
  const shard = new DirectoryShard({
    policy,
    lost: (uid, { frontendId, sessionId }) => lost.push(`${uid} ${frontendId} ${sessionId}`),
    refused: (frontendId) => refused.push(frontendId),
  });
  return { shard, lost, refused };
}

describe('the entries of uids', () => {
  it('bind later than all before, whatever the clock says', () => {
    const { shard, lost } = shardOf('replace');
    expect(shard.claim('u', place('a', 1), 'life-a', 1000)).toBe(1000);
    expect(shard.claim('u', place('b', 2), 'life-b', 400)).toBe(1001);
    expect(lost).toEqual(['u a s1']);
    expect(shard.find('u')).toEqual([place('b', 2, 1001)]);
  });

  it('keep the last of two that were bound in two places under `replace`, and the first under `refuse`', () => {
    for (const [policy, kept] of [
      ['replace', 'b'],
      ['refuse', 'a'],
    ] as const)
      for (const order of [
        ['a', 'b'],
        ['b', 'a'],
      ]) {
        const { shard, lost } = shardOf(policy);
        for (const id of order)
          shard.put('u', id === 'a' ? place('a', 1, 100) : place('b', 2, 200), `life-${id}`);
        expect([policy, order, shard.find('u').map(({ frontendId }) => frontendId)]).toEqual([
          policy,
          order,
          [kept],
        ]);
        expect(lost).toEqual([kept === 'a' ? 'u b s2' : 'u a s1']);
      }
  });

  it('are not ended by the end of an earlier binding of the same session', () => {
    const { shard } = shardOf('many');
    shard.put('u', place('a', 1, 100), 'life-a');
    shard.put('u', place('a', 1, 300), 'life-a');
    shard.drop('u', place('a', 1, 100));
    expect(shard.find('u')).toEqual([place('a', 1, 300)]);
    shard.drop('u', place('a', 1, 300));
    expect([shard.find('u'), shard.size]).toEqual([[], 0]);
  });

  it.each(['many', 'refuse', 'replace'] as const)(
    'of a session that moves are where it is now, whichever frontend is heard first (%s)',
    (policy) => {
      const [before, after] = [place('a', 1, 100), place('b', 1, 101)];
      const words = {
        put: (shard: DirectoryShard) => shard.put('u', before, 'life-a'),
        drop: (shard: DirectoryShard) => shard.drop('u', before),
        move: (shard: DirectoryShard) => shard.put('u', after, 'life-b'),
      };
      for (const order of [
        ['put', 'drop', 'move'],
        ['put', 'move', 'drop'],
        ['move', 'put', 'drop'],
      ] as const) {
        const { shard, lost } = shardOf(policy);
        for (const word of order) words[word](shard);
        expect([order, shard.find('u'), lost]).toEqual([order, [after], []]);
        const tally = new PlaceTally();
        expect(shard.agrees('a', 'life-a', tally)).toBe(true);
        tally.add('u', 's1');
        expect(shard.agrees('b', 'life-b', tally)).toBe(true);
      }
    },
  );

  it('are as many as a frontend can have sockets for of each, and those stay', () => {
    const { shard, lost, refused } = shardOf('replace');
    shard.put('other', place('b', 0, 1), 'life-b');
    for (let n = 0; n < mostTold; n++) shard.put(n, place('a', n, 100), 'life-a');
    shard.put('one more', place('a', 0, 100), 'life-a');
    shard.put('other', place('a', 1, 100), 'life-a');
    expect(shard.claim('other', place('a', 1), 'life-a', 100)).toBe('elsewhere');
    expect([refused, lost, shard.find('one more')]).toEqual([['a', 'a', 'a'], [], []]);
    shard.put(7, place('a', 7, 200), 'life-a');
    shard.put('one more', place('b', 1, 100), 'life-b');
    shard.drop(8, place('a', 8, 100));
    shard.put('another', place('a', 8, 100), 'life-a');
    expect([refused.length, shard.find('another').length, shard.size]).toEqual([3, 1, mostTold + 2]);
  });

  it('of a former life of a frontend go with its next one', () => {
    const { shard } = shardOf('many');
    shard.put('u', place('a', 1, 100), 'life-1');
    shard.put('v', place('a', 1, 200), 'life-2');
    expect([shard.find('u'), shard.find('v').length]).toEqual([[], 1]);
  });

  it('have a sum that a frontend has the same of when it has told all, and only then', () => {
    const { shard } = shardOf('many');
    const tally = new PlaceTally();
    expect(shard.agrees('a', 'life-a', tally)).toBe(true);
    for (let n = 0; n < 100; n++) {
      shard.put(`uid-${n}`, place('a', n, 100), 'life-a');
      expect(shard.agrees('a', 'life-a', tally)).toBe(false);
      tally.add(`uid-${n}`, `s${n}`);
      expect(shard.agrees('a', 'life-a', tally)).toBe(true);
    }
    expect(shard.agrees('a', 'life-b', tally)).toBe(false);
    shard.put('uid-7', place('a', 7, 500), 'life-a'); // told again
    expect(shard.agrees('a', 'life-a', tally)).toBe(true);
    shard.keep((uid) => uid !== 'uid-7');
    tally.take('uid-7', 's7');
    expect(shard.agrees('a', 'life-a', tally)).toBe(true);
    shard.forget('a');
    expect([shard.size, shard.agrees('a', 'life-a', new PlaceTally())]).toEqual([0, true]);
  });
});
