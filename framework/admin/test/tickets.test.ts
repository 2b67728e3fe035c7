import { FakeClock } from '@pomelo-ts/common/testing';
import type { Visitor } from '@pomelo-ts/master';
import { describe, expect, it } from 'vitest';
import { Tickets } from '../src/feed/tickets.js';

const named = (name: string) => ({ name }) as Visitor;

describe('a ticket for the feed', () => {
  it('is good once, for half a minute', () => {
    const clock = new FakeClock();
    const tickets = new Tickets(clock);
    const [ann, late] = [named('ann'), named('late')];
    const ticket = tickets.give(ann);
    expect([tickets.take(ticket), tickets.take(ticket), tickets.take('forged')]).toEqual([
      ann,
      undefined,
      undefined,
    ]);
    const old = tickets.give(late);
    clock.pass(30_001);
    expect(tickets.take(old)).toBeUndefined();
  });

  it('stays good whatever others ask for, and of those of one the last twenty do', () => {
    const tickets = new Tickets(new FakeClock());
    const ann = named('ann');
    const ticket = tickets.give(ann);
    const ofEve = Array.from({ length: 5000 }, () => tickets.give(named('eve')));
    expect(tickets.take(ticket)).toBe(ann);
    expect(ofEve.filter((one) => tickets.take(one))).toEqual(ofEve.slice(-20));
  });
});
