import assert from 'node:assert/strict';
import { Measures } from '@pomelo-ts/common';
import type { MasterLinkBenchCase } from './contract-master.js';
import { serverSettingsOf } from './servers.js';

const hits = { name: 'contract.hits', kind: 'counter', help: 'Hits of the contract.' } as const;

/** What the master tells a server of itself, and a server its master. */
export const tellingCases: readonly MasterLinkBenchCase[] = [
  [
    'has the settings of its server from the start',
    async ({ master }) => {
      const link = await master.join('chat-1', 'first');
      assert.deepEqual(link.settings, serverSettingsOf('chat-1'));
      assert.equal(link.connected, true);
    },
  ],
  [
    'has changed settings when they are told, and tells all others what the registry has of them',
    async (bench) => {
      const link = await bench.ready('chat-1');
      const other = await bench.ready('chat-2');
      bench.change('chat-1', { weight: 7 });
      await bench.until(() => link.settings.server.weight === 7, 'the changed weight');
      await bench.sees(other, 'chat-1', { weight: 7, state: 'ready' });
    },
  ],
  [
    'tells once that all servers have started, and at once where that was before',
    async (bench) => {
      const link = await bench.ready('chat-1');
      let told = 0;
      link.onAllStarted(() => told++);
      assert.equal(told, 0);
      bench.master.allStarted();
      await bench.until(() => told > 0, 'the word that all have started');
      link.onAllStarted(() => (told += 10));
      assert.equal(told, 11);
      const later = await bench.master.join('chat-2', 'first');
      later.onAllStarted(() => (told += 100));
      await bench.until(() => told === 111, 'the same word for one that joins later');
    },
  ],
  [
    'tells how many clients its server has, and knows how many each frontend has',
    async (bench) => {
      const link = await bench.ready('connector-1');
      const other = await bench.ready('chat-1');
      let connections = 7;
      link.setStats(() => ({ connections }));
      await bench.until(() => bench.master.connectionsOf('connector-1') === 7, 'the number of clients');
      await bench.until(() => other.loads.get('connector-1') === 7, 'the load of the frontend');
      const first = other.loads;
      connections = 8;
      await bench.until(() => other.loads.get('connector-1') === 8, 'the changed load');
      assert.equal(first.get('connector-1'), 7);
      await bench.until(() => link.loads.get('connector-1') === 8, 'the own load');
      assert.equal(link.loads.size, 1);
      const later = await bench.master.join('chat-2', 'first');
      await bench.until(() => later.loads.get('connector-1') === 8, 'the load for one that joins later');
    },
  ],
  [
    'tells all whom a frontend cannot reach, by its own word',
    async (bench) => {
      const link = await bench.ready('connector-1');
      const other = await bench.ready('chat-1');
      let cutFrom: string[] = ['chat'];
      link.setStats(() => ({ reach: { unreached: ['chat-1'], cutFrom } }));
      const seen = (): readonly string[] => other.registry.get('connector-1')?.cutFrom ?? [];
      await bench.until(() => seen().includes('chat'), 'the type that is cut off');
      cutFrom = [];
      await bench.until(() => seen().length === 0, 'the end of that');
    },
  ],
  [
    'tells what its server measures',
    async (bench) => {
      const link = await bench.ready('chat-1');
      const measures = new Measures();
      const counter = measures.make(hits);
      link.tellMeasures(measures);
      counter.add(3);
      const told = (): number => bench.master.countsOf('chat-1')?.[hits.name] ?? 0;
      await bench.until(() => told() === 3, 'the count');
      counter.add();
      await bench.until(() => told() === 4, 'the next count');
    },
  ],
];
