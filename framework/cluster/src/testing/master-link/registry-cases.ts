import assert from 'node:assert/strict';
import type { MasterLink } from '../../master-link.js';
import type { RegistryChange } from '../../registry.js';
import type { MasterLinkBenchCase } from './contract-master.js';

/** What a server's registry shows and tells. */
export const registryCases: readonly MasterLinkBenchCase[] = [
  [
    'shows a server itself, as the topology and the process have it',
    async ({ master }) => {
      const link = await master.join('connector-1', 'first');
      const { pid, buildId, ...entry } = link.registry.get('connector-1')!;
      assert.deepEqual(entry, {
        id: 'connector-1',
        type: 'connector',
        host: '127.0.0.1',
        port: 4001,
        clientHost: 'play.test',
        clientPort: 3001,
        frontend: true,
        weight: 1,
        bootId: 'first',
        state: 'starting',
        joined: entry.joined,
        extra: {},
      });
      assert.equal(pid, process.pid);
      assert.ok(buildId.length > 0 && entry.joined > 0);
    },
  ],
  [
    'shows the others with their states and their ports, in the order in which they joined',
    async (bench) => {
      const first = await bench.ready('chat-1');
      const second = await bench.master.join('chat-2', 'first');
      await bench.sees(first, 'chat-2', { state: 'starting' });
      assert.deepEqual(idsOf(first), ['chat-1']);
      second.report('ready', { listening: { port: 7002 } });
      await bench.sees(first, 'chat-2', { state: 'ready', port: 7002 });
      assert.deepEqual(idsOf(first), ['chat-1', 'chat-2']);
      await bench.sees(second, 'chat-1', { state: 'ready', port: 6001 });
      second.report('stopping');
      await bench.sees(first, 'chat-2', { state: 'stopping', port: 7002 });
      assert.deepEqual(idsOf(first), ['chat-1']);
      assert.ok(first.registry.get('chat-1')!.joined < first.registry.get('chat-2')!.joined);
    },
  ],
  [
    'has a server that may take no new work drain, for as long as it is ready',
    async (bench) => {
      const first = await bench.ready('chat-1');
      const second = await bench.ready('chat-2');
      bench.master.takeNew('chat-2', false);
      await bench.sees(first, 'chat-2', { state: 'draining' });
      await bench.sees(second, 'chat-2', { state: 'draining' });
      assert.deepEqual(idsOf(first), ['chat-1', 'chat-2']);
      assert.deepEqual(
        first.registry.takingNew('chat').map(({ id }) => id),
        ['chat-1'],
      );
      second.report('ready');
      bench.master.takeNew('chat-2', true);
      await bench.sees(first, 'chat-2', { state: 'ready' });
    },
  ],
  [
    'tells each change after it is made, and the last of a server when that is gone',
    async (bench) => {
      const first = await bench.ready('chat-1');
      const changes = changesOf(first);
      const second = await bench.master.join('chat-2', 'first');
      second.report('ready');
      await bench.sees(first, 'chat-2', { state: 'ready' });
      bench.master.ended('chat-2', 'first');
      await bench.until(() => first.registry.get('chat-2') === undefined, 'the end of chat-2');
      assert.deepEqual(changes, ['added chat-2 starting', 'changed chat-2 ready', 'removed chat-2 gone']);
    },
  ],
  [
    'shows another life in place of the former, which is told as its end and a beginning',
    async (bench) => {
      const first = await bench.ready('chat-1');
      await bench.ready('chat-2', 'one');
      await bench.sees(first, 'chat-2', { state: 'ready', bootId: 'one' });
      const before = first.registry.get('chat-2')!.joined;
      const changes = changesOf(first);
      await bench.ready('chat-2', 'two');
      await bench.sees(first, 'chat-2', { state: 'ready', bootId: 'two' });
      assert.deepEqual(changes, ['removed chat-2 gone', 'added chat-2 starting', 'changed chat-2 ready']);
      assert.ok(first.registry.get('chat-2')!.joined > before);
      bench.master.ended('chat-2', 'one');
      bench.change('chat-2', { weight: 3 });
      await bench.sees(first, 'chat-2', { weight: 3, bootId: 'two' });
    },
  ],
  [
    'goes on telling when a listener throws, and stops when it is asked to',
    async (bench) => {
      const first = await bench.ready('chat-1');
      first.registry.onChange(() => {
        throw new Error('a listener of the contract');
      });
      const changes: string[] = [];
      const stop = first.registry.onChange((change) => changes.push(shown(change)));
      const second = await bench.master.join('chat-2', 'first');
      await bench.sees(first, 'chat-2', { state: 'starting' });
      stop();
      second.report('ready');
      await bench.sees(first, 'chat-2', { state: 'ready' });
      assert.deepEqual(changes, ['added chat-2 starting']);
    },
  ],
  [
    'gives the same list of a type until something about it changes',
    async (bench) => {
      const first = await bench.ready('chat-1');
      const list = first.registry.ofType('chat');
      await bench.ready('connector-1');
      await bench.sees(first, 'connector-1', { state: 'ready' });
      assert.equal(first.registry.ofType('chat'), list);
      assert.equal(first.registry.takingNew('chat'), list);
    },
  ],
];

const idsOf = ({ registry }: MasterLink): string[] => registry.ofType('chat').map(({ id }) => id);

/** What a server is told from now on. */
function changesOf({ registry }: MasterLink): string[] {
  const changes: string[] = [];
  registry.onChange((change) => changes.push(shown(change)));
  return changes;
}

function shown(change: RegistryChange): string {
  const [what, entry] = Object.entries(change)[0]!;
  return `${what} ${entry.id} ${entry.state}`;
}
