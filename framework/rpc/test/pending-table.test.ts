import { describe, expect, it } from 'vitest';
import { type CallSettler, maxPendingLimit, PendingTable } from '../src/node/pending-table.js';

const settler = (method: string, isAbandoned = () => false): CallSettler => ({
  method,
  timeoutMs: 1,
  settleValue: () => {},
  settleRaw: () => {},
  settleError: () => {},
  isAbandoned,
});

describe('a table of pending calls', () => {
  it('never hands the late answer of a call that was given up to another, however many calls come between', () => {
    const table = new PendingTable();
    const late = table.add(settler('given up'), 10);
    expect(table.takeExpired(10).map(({ method }) => method)).toEqual(['given up']);
    for (let i = 0; i < 3 * 65_536; i++) {
      const id = table.add(settler(`call ${i}`), 100);
      if (id === late) expect.fail(`call ${i} has the id of the one that was given up`);
      if (table.take(id)?.method !== `call ${i}`) expect.fail(`call ${i} was lost`);
    }
    expect(table.take(late)).toBeUndefined();
    // Its slot is free again: nothing more can come for it.
    const ids = [table.add(settler('a'), 100), table.add(settler('b'), 100)];
    expect(ids.map((id) => id & 0xffff)).toContain(late & 0xffff);
    expect(ids.map((id) => table.take(id)?.method)).toEqual(['a', 'b']);
  });

  it('has as many places as ever when no answer ever comes, and takes the slot that was given up first', () => {
    const table = new PendingTable();
    const first = table.add(settler('first'), 1);
    for (let i = 0; i < maxPendingLimit; i++) table.add(settler('silent'), 1);
    expect(table.takeExpired(1)).toHaveLength(65_536);
    const again = table.add(settler('again'), 100);
    expect([again & 0xffff, again === first]).toEqual([first & 0xffff, false]);
    expect(table.take(first)).toBeUndefined();
    expect(table.take(again)?.method).toBe('again');
    expect(table.size).toBe(0);
  });

  it('begins anew once no answer can come any more', () => {
    const table = new PendingTable();
    for (let i = 0; i < 100; i++) table.add(settler('lost'), i < 50 ? 1 : 100);
    expect(table.takeExpired(1)).toHaveLength(50);
    expect(table.takeAll()).toHaveLength(50);
    const slots = Array.from({ length: 100 }, () => table.add(settler('new'), 100) & 0xffff);
    expect(Math.max(...slots)).toBeLessThan(100);
  });

  it('gives back the places of calls that were abandoned, up to a bound, and settles them all the same', () => {
    const table = new PendingTable();
    let gone = false;
    const ids = Array.from({ length: 10 }, (_, i) =>
      table.add(
        settler(`${i}`, () => gone && i < 6),
        100,
      ),
    );
    gone = true;
    table.someAbandoned = true;
    table.setAside(4);
    expect([table.size, table.aside, table.someAbandoned]).toEqual([6, 4, true]);
    expect(table.take(ids[0]!)?.method).toBe('0');
    table.setAside(4);
    expect([table.size, table.aside]).toEqual([5, 4]);
    table.setAside(100);
    expect([table.size, table.aside, table.someAbandoned]).toEqual([4, 5, false]);
    expect(table.takeExpired(100)).toHaveLength(9);
    expect([table.size, table.aside]).toEqual([0, 0]);
  });
});
