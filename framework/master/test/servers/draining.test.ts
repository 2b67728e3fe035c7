import { expect, it } from 'vitest';
import type { Progress } from '../../src/long-operations/progress.js';
import { Draining } from '../../src/servers/draining.js';
import { Bench, entry, quiet } from '../supervisor-bench.js';

const servers = ['chat-1', 'chat-2', 'connector-1'].map((id) =>
  entry(id, { autoRestart: true, restartForce: true }),
);

class DrainBench extends Bench {
  readonly events: Progress[] = [];
  changes = 0;
  readonly draining = new Draining({
    hub: this.hub,
    supervisor: this.supervisor,
    clock: this.clock,
    onChanged: () => void this.changes++,
  });

  static async of(...running: string[]): Promise<DrainBench> {
    const bench = new DrainBench(servers);
    await bench.start(...running);
    return bench;
  }

  drain(...ids: string[]): Promise<readonly string[]> {
    return this.draining.drain(ids, ids, {}, (event) => this.events.push(event));
  }

  undrain(...ids: string[]): Promise<readonly string[]> {
    return this.draining.undrain(ids, (event) => this.events.push(event));
  }

  registered(id: string): string | undefined {
    return this.hub.registry.get(id)?.state;
  }
}

const all = servers.map(({ id }) => id);

it('lasts through a crash, without a moment in which the next life would be sent anything', async () => {
  using bench = await DrainBench.of(...all);
  expect(await bench.drain('chat-1')).toEqual(['chat-1']);
  expect(await bench.drain('chat-1')).toEqual([]);
  expect([bench.changes, bench.supervisor.drained]).toEqual([1, ['chat-1']]);
  const seen: string[] = [];
  bench.hub.registry.onDelta(() => seen.push(bench.registered('chat-1') ?? 'gone'));
  bench.launcher.lives['chat-1']!.at(-1)!.end({ code: 1, signal: null });
  await bench.pass(5000);
  expect(bench.launcher.lives['chat-1']).toHaveLength(2);
  expect(seen.at(-1)).toBe('draining');
  expect(seen).not.toContain('ready');
  expect(await bench.undrain('chat-1', 'chat-2')).toEqual(['chat-1']);
  expect(bench.registered('chat-1')).toBe('ready');
});

it('ends when the server is stopped', async () => {
  using bench = await DrainBench.of(...all);
  await bench.drain('chat-1');
  await bench.stop('chat-1');
  expect(bench.supervisor.drained).toEqual([]);
  await bench.start('chat-1');
  await quiet();
  expect(bench.registered('chat-1')).toBe('ready');
});

it.each([
  ['stopped', (bench: DrainBench) => bench.stop('chat-1')],
  ['killed', (bench: DrainBench) => bench.supervisor.kill(['chat-1'])],
])('is in no word to the next master any more once the server is %s', async (_, end) => {
  using bench = await DrainBench.of(...all);
  await bench.drain('chat-1');
  await end(bench);
  expect(bench.kept).toEqual([[]]);
});

it('is what a server of a former master says, while this one was told nothing else', async () => {
  using bench = await DrainBench.of(...all);
  bench.hub.takeNew('chat-1', false); // a former master's word
  await quiet();
  bench.launcher.lives['chat-1']!.at(-1)!.reads!.destroy();
  await bench.pass(5000);
  expect(bench.supervisor.drained).toEqual(['chat-1']);
});

it('tells a server that comes back what was ordered while it was away', async () => {
  using bench = await DrainBench.of(...all);
  bench.supervisor.keepDrained(['chat-2']); // as a former master has left word
  bench.launcher.lives['chat-2']!.at(-1)!.reads!.destroy();
  await bench.pass(5000);
  expect(bench.registered('chat-2')).toBe('draining');
});

it('refuses what has nothing to drain, and what would leave nobody of a type to take new work', async () => {
  using bench = await DrainBench.of('chat-1', 'connector-1');
  await expect(bench.drain('chat-2')).rejects.toMatchObject({
    code: 'SERVER_SILENT',
    message: expect.stringContaining('it is down'),
  });
  await expect(bench.drain('chat-1')).rejects.toMatchObject({ code: 'DRAIN_LEAVES_NONE' });
  expect([bench.changes, bench.registered('chat-1')]).toEqual([0, 'ready']);
  await bench.start('chat-2');
  const both = await Promise.allSettled([bench.drain('chat-1'), bench.drain('chat-2')]);
  expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  const forced = bench.draining.drain(['chat-2'], [], { force: true }, () => {});
  expect(await forced).toEqual(['chat-2']);
});
