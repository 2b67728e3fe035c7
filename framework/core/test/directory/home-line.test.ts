import { FakeClock } from '@pomelo-ts/common/testing';
import { describe, expect, it } from 'vitest';
import { HomeLine } from '../../src/directory/home-line.js';
import { itemKind, type TellMessage, type ToldItem } from '../../src/directory/places.js';

describe('the line to a home of uids', () => {
  it('does not send to a home that cannot be reached what nobody waits for, and tells all anew once it can be', async () => {
    const clock = new FakeClock();
    const held: ToldItem[] = [];
    const sent: TellMessage[] = [];
    let isUp = false;
    const line = new HomeLine({
      bootId: 'life',
      clock,
      all: () => held,
      send: async (message) => {
        sent.push(message);
        if (!isUp) throw new Error('not reached');
        return [];
      },
    });
    for (let n = 0; n < 5000; n++) {
      held.push([`uid-${n}`, `s${n}`, 1, itemKind.put]);
      void line.tell(`uid-${n}`, `s${n}`, 1, itemKind.put);
    }
    await clock.letPass(1000, 50);
    expect(sent.map(({ items }) => items.length)).toEqual([1000, 0, 0, 0]);
    isUp = true;
    await clock.letPass(1000, 50);
    const told = sent.slice(sent.findIndex(({ reset }) => reset)).flatMap(({ items }) => items);
    expect([told.length, line.isIdle, line.tally.count]).toEqual([5000, true, 5000]);
    line.end();
  });

  it('does not ask again for a uid that nobody waits for any more', async () => {
    const clock = new FakeClock();
    const sent: TellMessage[] = [];
    let answer: (results: number[]) => void = () => {};
    const line = new HomeLine({
      bootId: 'life',
      clock,
      all: () => [],
      send: (message) => {
        sent.push(message);
        return new Promise((resolve) => {
          answer = resolve;
        });
      },
    });
    void line.tell('uid-1', 's1', 1, itemKind.put);
    await clock.letPass(50, 50);
    const claim = line.claim('uid-2', 's2').catch((error: Error) => error.message);
    await clock.letPass(1500, 50);
    expect(await claim).toMatch(/has not answered/);
    answer([]);
    await clock.letPass(500, 50);
    answer([]);
    await clock.letPass(50, 50);
    expect(sent.flatMap(({ items }) => items.map(([uid]) => uid))).toEqual(['uid-1']);
    line.end();
  });
});
