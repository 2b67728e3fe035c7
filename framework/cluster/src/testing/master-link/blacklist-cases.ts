import assert from 'node:assert/strict';
import type { MasterLinkBenchCase } from './contract-master.js';

/** Addresses that no client may come from. */
export const blacklistCases: readonly MasterLinkBenchCase[] = [
  [
    'has the whole blacklist from the start, and each change of it, of which its listeners hear what is new',
    async (bench) => {
      bench.master.changeBlacklist({ add: [['192.0.2.0/24']], remove: [] });
      const link = await bench.master.join('connector-1', 'first');
      assert.equal(link.blacklist.has('192.0.2.7'), true);
      assert.equal(link.blacklist.has('198.51.100.7'), false);
      const heard: boolean[][] = [];
      link.blacklist.onAdded((added) =>
        heard.push(['192.0.2.7', '198.51.100.7'].map((address) => added.has(address))),
      );
      bench.master.changeBlacklist({ add: [['198.51.100.0/24', 60_000]], remove: ['192.0.2.0/24'] });
      await bench.until(() => link.blacklist.has('198.51.100.7'), 'what was added');
      assert.equal(link.blacklist.has('192.0.2.7'), false);
      assert.deepEqual(heard, [[false, true]]);
    },
  ],
];

/** The same, over a line that breaks. */
export const blacklistLineCases: readonly MasterLinkBenchCase[] = [
  [
    'keeps the blacklist while its line is broken, and has it as it is then when the line stands again',
    async (bench) => {
      const link = await bench.ready('connector-1');
      bench.master.changeBlacklist({ add: [['192.0.2.0/24'], ['2001:db8::/32']], remove: [] });
      await bench.until(() => link.blacklist.has('192.0.2.7'), 'what was added');
      bench.master.cut('connector-1');
      await bench.until(() => !link.connected, 'the end of the line');
      bench.master.changeBlacklist({ add: [['198.51.100.7']], remove: ['192.0.2.0/24'] });
      assert.equal(link.blacklist.has('192.0.2.7'), true);
      bench.master.mend('connector-1');
      await bench.until(() => link.blacklist.has('198.51.100.7'), 'what was added meanwhile');
      assert.equal(link.blacklist.has('192.0.2.7'), false);
      assert.equal(link.blacklist.has('2001:db8::1'), true);
    },
  ],
];
