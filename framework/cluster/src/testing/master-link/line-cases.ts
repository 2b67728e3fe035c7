import assert from 'node:assert/strict';
import { Measures } from '@pomelo-ts/common';
import type { MasterLinkBenchCase } from './contract-master.js';

const hits = { name: 'contract.hits', kind: 'counter', help: 'Hits of the contract.' } as const;

/** A line that breaks, and comes back. */
export const lineCases: readonly MasterLinkBenchCase[] = [
  [
    'fails what was asked when its line breaks, and what will be until it stands again',
    async (bench) => {
      const link = await bench.ready('chat-1');
      const asked = assert.rejects(link.ask('silence', {}, 60_000), { code: 'LINK_LOST' });
      bench.master.cut('chat-1');
      await asked;
      await bench.until(() => !link.connected, 'the end of the line');
      await assert.rejects(link.ask('echo', {}, 60_000), { code: 'LINK_LOST' });
      await assert.rejects(bench.master.command('chat-1', 'jump', {}, 60_000), { code: 'SERVER_SILENT' });
      bench.master.mend('chat-1');
      await bench.until(() => link.connected, 'the line');
      link.onCommand(async () => 'jumped');
      await bench.sees(link, 'chat-1', { state: 'ready' });
      assert.equal(await link.ask('nothing', {}, 5000), null);
      assert.equal(await bench.master.command('chat-1', 'jump', {}, 5000), 'jumped');
    },
  ],
  [
    'tells when its line stands again what its server reported meanwhile, as the same life',
    async (bench) => {
      const other = await bench.ready('chat-2');
      const link = await bench.master.join('chat-1', 'first');
      await bench.sees(other, 'chat-1', { state: 'starting' });
      const { joined } = other.registry.get('chat-1')!;
      bench.master.cut('chat-1');
      await bench.until(() => !link.connected, 'the end of the line');
      link.report('ready', { listening: { port: 7001 } });
      assert.equal(other.registry.get('chat-1')?.state, 'starting');
      bench.master.mend('chat-1');
      await bench.sees(other, 'chat-1', { state: 'ready', port: 7001, bootId: 'first', joined });
    },
  ],
  [
    'keeps what it knew of the others while its line is broken, and learns then what it has missed',
    async (bench) => {
      const link = await bench.ready('chat-1');
      await bench.ready('chat-2');
      await bench.sees(link, 'chat-2', { state: 'ready' });
      bench.master.cut('chat-1');
      await bench.until(() => !link.connected, 'the end of the line');
      bench.master.ended('chat-2', 'chat-2-first');
      await bench.ready('connector-1');
      bench.change('chat-1', { weight: 9 });
      assert.equal(link.registry.get('chat-2')?.state, 'ready');
      assert.equal(link.registry.get('connector-1'), undefined);
      bench.master.allStarted();
      let told = false;
      link.onAllStarted(() => (told = true));
      bench.master.mend('chat-1');
      await bench.sees(link, 'connector-1', { state: 'ready' });
      await bench.until(() => link.registry.get('chat-2') === undefined, 'the end of chat-2');
      await bench.until(() => told, 'the word that all have started');
      await bench.until(() => link.settings.server.weight === 9, 'the changed weight');
    },
  ],
  [
    'still drains when its line stands again, and tells all that it measures',
    async (bench) => {
      const other = await bench.ready('chat-2');
      const link = await bench.ready('chat-1');
      const measures = new Measures();
      measures.make(hits).add(2);
      link.tellMeasures(measures);
      await bench.until(() => bench.master.countsOf('chat-1')?.[hits.name] === 2, 'the count');
      bench.master.takeNew('chat-1', false);
      await bench.sees(other, 'chat-1', { state: 'draining' });
      bench.master.cut('chat-1');
      await bench.until(() => !link.connected, 'the end of the line');
      link.report('ready');
      measures.make({ ...hits, name: 'contract.later' }).add(5);
      bench.master.mend('chat-1');
      const counts = (): unknown => JSON.stringify(bench.master.countsOf('chat-1'));
      await bench.until(() => counts() === '{"contract.hits":2,"contract.later":5}', 'all counts');
      await bench.sees(other, 'chat-1', { state: 'draining' });
    },
  ],
  [
    'does not come back once it was closed without a line',
    async (bench) => {
      const other = await bench.ready('chat-2');
      const link = await bench.ready('chat-1');
      await bench.sees(other, 'chat-1', { state: 'ready' });
      bench.master.cut('chat-1');
      await bench.until(() => !link.connected, 'the end of the line');
      link.close();
      await link.whenGone();
      bench.master.mend('chat-1');
      bench.master.ended('chat-1', 'chat-1-first');
      await bench.until(() => other.registry.get('chat-1') === undefined, 'the end of chat-1');
      assert.equal(link.connected, false);
    },
  ],
];
