import { FakeClock } from '@pomelo-ts/common/testing';
import { describe, expect, it } from 'vitest';
import { Blacklist, networkText, readNetwork } from '../src/blacklist.js';

describe('networks', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['192.0.2.7/32', '192.0.2.7'],
    ['192.0.2.7/24', '192.0.2.0/24'],
    ['255.255.255.255/1', '128.0.0.0/1'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7/120', '192.0.2.0/24'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['2001:db8:1:2:3:4:5:6/64', '2001:db8:1:2::/64'],
    ['2001:db8:0:0:1:0:0:0', '2001:db8:0:0:1::'],
    ['2001:db8::192.0.2.7', '2001:db8::c000:207'],
    ['::1', '::1'],
    ['::/0', '::/0'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['10:0:0:0:0:0:0:10', '10::10'],
  ])('%s is %s', (text, expected) => expect(networkText(readNetwork(text))).toBe(expected));

  it.each(['', 'example.com', '192.0.2', '192.0.2.7/33', '192.0.2.7/', '192.0.2.7/x', '192.0.2.7/2/3'])(
    '%s is none',
    (text) => expect(() => readNetwork(text)).toThrow(/^expected/),
  );
  it.each(['2001:db8::/129', '::ffff:192.0.2.7/95', 'fe80::1%eth0', '192.0.2.7/-1'])('%s is none', (text) =>
    expect(() => readNetwork(text)).toThrow(/^expected/),
  );
});

describe('a blacklist', () => {
  const listOf = (...networks: string[]) => {
    const clock = new FakeClock();
    const list = new Blacklist(clock);
    list.apply({ add: networks.map((network) => [network] as const), remove: [] });
    return { clock, list };
  };

  it('has the addresses of its networks, whatever they are written like, and no others', () => {
    const { list } = listOf('192.0.2.0/24', '198.51.100.7', '2001:db8::/32', '2001:dead::1');
    const inside = ['192.0.2.0', '192.0.2.255', '::ffff:192.0.2.9', '::ffff:c000:207', '198.51.100.7'];
    const inside6 = ['2001:db8::', '2001:DB8:ffff::1', '2001:dead:0:0::1', '2001:dead::1%eth0'];
    for (const address of [...inside, ...inside6])
      expect([address, list.has(address)]).toEqual([address, true]);
    const outside = ['192.0.1.255', '192.0.3.0', '198.51.100.6', '2001:db9::', '2001:dead::2', '', 'x', '::'];
    for (const address of outside) expect([address, list.has(address)]).toEqual([address, false]);
  });

  it('has all addresses of a family in a network without bits, and none of the other', () => {
    const { list } = listOf('0.0.0.0/0');
    expect([list.has('255.1.2.3'), list.has('::1')]).toEqual([true, false]);
    const { list: list6 } = listOf('::/0');
    expect([list6.has('ffff::'), list6.has('10.0.0.1')]).toEqual([true, false]);
  });

  it('forgets a network when its time is over, and when it is taken off', () => {
    const { list, clock } = listOf('198.51.100.0/24', '2001:db8::/32');
    list.apply({ add: [['192.0.2.0/24', 1000]], remove: [] });
    clock.pass(999);
    expect(list.has('192.0.2.1')).toBe(true);
    clock.pass(1);
    expect(list.has('192.0.2.1')).toBe(false);
    list.apply({ add: [], remove: ['198.51.100.0/24'] });
    expect([list.has('198.51.100.1'), list.has('2001:db8::1'), list.size]).toEqual([false, true, 1]);
  });

  it('lets a network last as the newest word of it says', () => {
    const { list, clock } = listOf('192.0.2.7');
    list.apply({ add: [['192.0.2.7', 1000]], remove: [] });
    clock.pass(1000);
    expect(list.has('192.0.2.7')).toBe(false);
  });

  it('costs a look the lengths of prefix that it has, and not its networks', () => {
    const { list } = listOf(
      ...Array.from({ length: 10_000 }, (_, at) => `10.${at >> 8}.${at & 255}.0/24`),
      ...Array.from({ length: 10_000 }, (_, at) => `2001:db8:${at.toString(16)}::/48`),
    );
    let looks = 0;
    const { get } = Map.prototype;
    Map.prototype.get = function (key: unknown) {
      looks++;
      return get.call(this, key);
    };
    try {
      expect(list.has('10.200.1.1')).toBe(false);
      expect(list.has('2001:db9::1')).toBe(false);
    } finally {
      Map.prototype.get = get;
    }
    expect(list.size).toBe(20_000);
    expect(looks).toBeLessThanOrEqual(2);
  });
});
