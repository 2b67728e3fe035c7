import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryStore } from '@pomelo-ts/cluster';
import type { BlacklistChange } from '@pomelo-ts/cluster/masters';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BlacklistFile, Blacklisting, type BlacklistKeeper, BlacklistStore } from '../../src/blacklist.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'blacklist-'));
  mkdirSync(join(root, '.pomelo-ts'));
});
afterEach(() => rmSync(root, { recursive: true }));

/** A list with what it has told its frontends, one of which does not answer. */
function listed(keeper: BlacklistKeeper = new BlacklistFile(root, 'test')) {
  const told: BlacklistChange[] = [];
  const frontends = [
    { id: 'connector-1', frontend: true, host: '172.16.0.1' },
    { id: 'connector-2', frontend: true, host: 'frontends.test' },
  ];
  const hub = {
    registry: { all: [...frontends, { id: 'chat-1', frontend: false, host: '10.9.0.1' }] } as never,
    tellBlacklist: (change: BlacklistChange) => {
      told.push(change);
      return [];
    },
    heard: async (id: string) => {
      if (id === 'connector-2') throw new Error('it hangs');
    },
  };
  const time = { now: 1_000_000 };
  const lookUp = async (host: string) => (host === 'frontends.test' ? ['172.17.0.1', '2001:db8:9::1'] : []);
  return { told, time, list: new Blacklisting({ keeper, hub, wallTime: () => time.now, lookUp }) };
}

const all = { offset: 0, limit: 1000 };
const by = 'ann (cli)';

describe('the blacklist of a master', () => {
  it('tells its frontends what is new, and whoever asked which of them have heard it', async () => {
    const { list, told } = listed();
    expect(await list.add({ networks: ['192.0.2.7/24', '2001:DB8::1'], forMs: 5000, by })).toEqual({
      networks: ['192.0.2.0/24', '2001:db8::1'],
      told: ['connector-1'],
      silent: [{ id: 'connector-2', reason: 'it hangs' }],
    });
    await list.remove(['192.0.2.99/24']);
    expect(told).toEqual([
      {
        add: [
          ['192.0.2.0/24', 5000],
          ['2001:db8::1', 5000],
        ],
        remove: [],
      },
      { add: [], remove: ['192.0.2.0/24'] },
    ]);
  });

  it.each([
    ['172.16.0.1', 'connector-1'],
    ['172.16.0.0/12', 'connector-1, connector-2'],
    ['172.17.0.0/16', 'connector-2'],
    ['2001:db8::/32', 'connector-2'],
  ])(
    'takes %s, where frontends of its own are, only by force, and tells by what each is shut out',
    async (network, servers) => {
      const { list, told } = listed();
      await expect(list.add({ networks: ['192.0.2.7', network], by })).rejects.toMatchObject({
        code: 'BLACKLIST_OWN',
        message: expect.stringContaining(`${network} has frontends of this cluster in it: ${servers}. `),
      });
      expect([list.list(all).total, told]).toEqual([0, []]);
      await list.add({ networks: [network], forMs: 1000, force: true, by });
      expect([list.list(all).total, told.length]).toEqual([1, 1]);
      const host = servers.includes('connector-1') ? '172.16.0.1' : 'frontends.test';
      expect([list.shutsOut(host), list.shutsOut('172.18.0.1') ?? '']).toEqual([
        ...[network, network === '172.16.0.0/12' ? network : ''],
      ]);
    },
  );

  it('takes the addresses of backends, and of those that are beside its frontends, as nobody probes from there', async () => {
    const { list } = listed();
    await list.add({ networks: ['10.9.0.0/16', '172.16.0.2', '2001:db8:8::/48'], by });
    expect(list.shutsOut('172.16.0.1')).toBeUndefined();
  });

  it('shows the newest first, and what an address is in', async () => {
    const { list, time } = listed();
    await list.add({ networks: ['192.0.2.0/24'], reason: 'bots', by });
    time.now += 10;
    await list.add({ networks: ['192.0.2.7', '198.51.100.0/24'], forMs: 1000, by });
    const networksOf = (within?: string) =>
      list.list({ ...all, within }).entries.map(({ network }) => network);
    expect(networksOf()).toEqual(['198.51.100.0/24', '192.0.2.7', '192.0.2.0/24']);
    expect(networksOf('192.0.2.7')).toEqual(['192.0.2.7', '192.0.2.0/24']);
    expect(networksOf('192.0.2.0/25')).toEqual(['192.0.2.0/24']);
    expect(networksOf('2001:db8::1')).toEqual([]);
    expect(list.list({ offset: 2, limit: 5 })).toEqual({
      entries: [{ network: '192.0.2.0/24', reason: 'bots', by, since: 1_000_000 }],
      total: 3,
    });
    time.now += 1000;
    expect(networksOf()).toEqual(['192.0.2.0/24']);
  });

  it('looks only at the networks that an address can be in, however many there are', async () => {
    let looks = 0;
    const left = Array.from({ length: 10_000 }, (_, at) => ({
      ...{ by, since: at },
      get network() {
        looks++;
        return `2001:db8:${(at + 1).toString(16)}::/48`;
      },
    }));
    const { list } = listed({ left, keep: async () => {} });
    looks = 0;
    const page = list.list({ ...all, within: '2001:db8:7::1' });
    expect([page.total, page.entries[0]?.network]).toEqual([1, '2001:db8:7::/48']);
    expect(looks).toBeLessThan(10);
  });

  it.each([
    ['a file', () => () => new BlacklistFile(root, 'test')],
    [
      'a store',
      () => {
        const store = new MemoryStore();
        return () => BlacklistStore.open(store, () => ({}));
      },
    ],
  ])(
    'is gone on with by the next master, which reads it in %s, with the time that is left',
    async (_, make) => {
      const keeper = make();
      const { list, time } = listed(await keeper());
      await list.add({ networks: ['192.0.2.0/24'], by });
      await list.add({ networks: ['198.51.100.7'], forMs: 5000, by });
      const next = listed(await keeper());
      next.time.now = time.now + 2000;
      expect(next.list.words()).toEqual([['192.0.2.0/24'], ['198.51.100.7', 3000]]);
      next.time.now = time.now + 5000;
      expect(next.list.words()).toEqual([['192.0.2.0/24']]);
    },
  );

  it('loses no change of two at once', async () => {
    const { list } = listed();
    await Promise.all(Array.from({ length: 20 }, (_, at) => list.add({ networks: [`192.0.2.${at}`], by })));
    expect(list.list(all).total).toBe(20);
    expect(listed().list.words()).toHaveLength(20);
  });

  it('changes nothing, and tells nobody, where it cannot be written down', async () => {
    const { list, told } = listed({
      left: [],
      keep: async () => {
        throw new Error('no space left on device');
      },
    });
    await expect(list.add({ networks: ['192.0.2.7'], by })).rejects.toMatchObject({
      code: 'BLACKLIST_UNWRITABLE',
    });
    expect([list.words(), told]).toEqual([[], []]);
  });

  it.each([
    ['example.com', 'expected an address'],
    ['10.0.0.0/7', 'expected 8 to 32 bits'],
    ['::/0', 'expected 16 to 128 bits'],
    ['192.0.2.0/33', 'expected 0 to 32 bits after the /, such as 192.0.2.0/24'],
    ['192.0.2.0/255.255.255.0', 'expected 0 to 32 bits after the /, such as 192.0.2.0/24'],
    ['2001:db8::/129', 'expected 0 to 128 bits after the /, such as 2001:db8::/64'],
    [
      '::ffff:1.2.3.4/95',
      'expected 96 to 128 bits after the / of an IPv4 address that is written as IPv6, or 0 to 32 where it is written as 1.2.3.4, such as 1.2.3.4/24',
    ],
    ['::ffff:10.0.0.0/100', 'expected 104 to 128 bits after the / of an IPv4 address'],
    ['fe80::1%eth0', 'expected an address without a zone'],
  ])('takes no %s', async (network, reason) => {
    const { list } = listed();
    const adding = async () => list.add({ networks: ['192.0.2.1', network], by });
    await expect(adding()).rejects.toThrow(reason);
    expect(list.words()).toEqual([]);
  });

  it('names the wider network when what is to be taken off is only a part of it', async () => {
    const { list } = listed();
    await list.add({ networks: ['192.0.2.0/24'], by });
    await expect(list.remove(['192.0.2.7'])).rejects.toThrow(
      '192.0.2.7 is not on the blacklist: it is part of 192.0.2.0/24, which is',
    );
    await expect(list.remove(['192.0.3.7'])).rejects.toMatchObject({ code: 'BLACKLIST_MISSING' });
  });

  it('takes so many networks, and so many bytes, and no more', async () => {
    const { list } = listed();
    const thousand = (n: number) => Array.from({ length: 1000 }, (_, at) => `10.${n}.${at >> 8}.${at & 255}`);
    for (let n = 0; n < 10; n++) await list.add({ networks: thousand(n), by });
    await expect(list.add({ networks: ['192.0.2.7'], by })).rejects.toMatchObject({ code: 'BLACKLIST_FULL' });
    await list.add({ networks: ['10.0.0.1'], reason: 'anew', by });
    await list.remove(['10.0.0.2']);
    await list.add({ networks: ['192.0.2.7'], by });
    expect(list.list(all).total).toBe(10_000);
    const wordy = listed({ left: [], keep: async () => {} }).list;
    const long = { reason: '长'.repeat(100), by };
    await wordy.add({ networks: thousand(0), ...long });
    await wordy.add({ networks: thousand(1), ...long });
    await expect(wordy.add({ networks: thousand(2), ...long })).rejects.toMatchObject({
      code: 'BLACKLIST_FULL',
    });
  });
});

describe('a file of the blacklist that somebody has changed', () => {
  const odd = '[{"network":"example.com","by":"ann","since":1}]';
  it.each(['{', '[{"network":"192.0.2.7"}]', '{}', '[null]', odd])(
    'is told of, and nobody is let in: %s',
    (text) => {
      writeFileSync(join(root, '.pomelo-ts', 'blacklist.test.json'), text);
      expect(() => new BlacklistFile(root, 'test')).toThrow('blacklist.test.json');
      expect(readFileSync(join(root, '.pomelo-ts', 'blacklist.test.json'), 'utf8')).toBe(text);
    },
  );

  it('is read in whatever way its networks are written', () => {
    const rows = [{ network: '::ffff:192.0.2.7/120', by, since: 1 }];
    writeFileSync(join(root, '.pomelo-ts', 'blacklist.test.json'), JSON.stringify(rows));
    const { list } = listed();
    expect(list.list({ ...all, within: '192.0.2.9' }).entries).toMatchObject([{ network: '192.0.2.0/24' }]);
  });
});

describe('a blacklist in a store', () => {
  it('is written by the master that leads alone', async () => {
    const store = new MemoryStore();
    const office = await store.put('leader', 'a');
    const guard = { key: 'leader', created: office!.created };
    const { list } = listed(await BlacklistStore.open(store, () => ({ guard })));
    await list.add({ networks: ['192.0.2.7'], by });
    await store.delete('leader');
    await expect(list.add({ networks: ['192.0.2.8'], by })).rejects.toThrow('leads no more');
    expect(list.words()).toEqual([['192.0.2.7']]);
    expect((await BlacklistStore.open(store, () => ({}))).left).toHaveLength(1);
  });
});
