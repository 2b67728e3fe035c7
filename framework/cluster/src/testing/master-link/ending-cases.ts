import assert from 'node:assert/strict';
import type { MasterLinkBenchCase } from './contract-master.js';

/** The end of a link. */
export const endingCases: readonly MasterLinkBenchCase[] = [
  [
    'takes its server out of the registry of all others when it closes',
    async (bench) => {
      const first = await bench.ready('chat-1');
      const second = await bench.ready('chat-2');
      await bench.sees(first, 'chat-2', { state: 'ready' });
      second.close();
      await second.whenGone();
      await bench.until(() => first.registry.get('chat-2') === undefined, 'the end of chat-2');
      assert.equal(second.connected, false);
    },
  ],
  [
    'fails what was asked and what will be when it closes, and may be closed again',
    async (bench) => {
      const link = await bench.ready('chat-1');
      const asked = assert.rejects(link.ask('silence', {}, 60_000), { code: 'LINK_LOST' });
      link.close();
      await asked;
      await assert.rejects(link.ask('echo', {}, 60_000), { code: 'LINK_LOST' });
      link.report('gone');
      link.close();
      await link.whenGone();
      await assert.rejects(bench.master.command('chat-1', 'jump', {}, 5000), { code: 'SERVER_SILENT' });
    },
  ],
  [
    'lets another life of its server in once it has closed',
    async (bench) => {
      const other = await bench.ready('chat-2');
      const first = await bench.ready('chat-1', 'one');
      first.close();
      await first.whenGone();
      await bench.ready('chat-1', 'two');
      await bench.sees(other, 'chat-1', { bootId: 'two', state: 'ready' });
    },
  ],
];
