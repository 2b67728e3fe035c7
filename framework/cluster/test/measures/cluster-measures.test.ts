import { Measures } from '@pomelo-ts/common';
import { expect, it } from 'vitest';
import { entry, LinkBench, until } from '../cluster-fixture.js';

const servers = [entry('chat-1', { port: 6001 }), entry('chat-2', { port: 6002 })];

/** What one process measures. */
function measuresOf(runs: number, rooms: number): Measures {
  const measures = new Measures();
  measures.make({ kind: 'counter', name: 'a.runs', help: 'Runs.' }).add(runs);
  measures.make({ kind: 'gauge', name: 'a.rooms', help: 'Rooms.' }).set(rooms);
  return measures;
}

/** The sums of one type: runs and rooms. */
function sumsOf({ hub }: LinkBench, type: string): (number | undefined)[] {
  const all = [...(hub.measuresByType().get(type)?.all ?? [])];
  return ['a.runs', 'a.rooms'].map(
    (name) => all.find(({ definition }) => definition.name === name)?.rows.get('')?.[0],
  );
}

it('adds up what the servers of a type measure, and keeps what ended lives have counted', async () => {
  await using bench = new LinkBench('memory', servers, { heartbeatMs: 20 });
  bench.hub.admit('chat-1', 'chat-2');
  const first = await bench.join('chat-1', { bootId: 'one' });
  first.tellMeasures(measuresOf(3, 5));
  (await bench.join('chat-2')).tellMeasures(measuresOf(10, 1));
  await until(() => sumsOf(bench, 'chat')[0] === 13);
  expect(sumsOf(bench, 'chat')).toEqual([13, 6]);

  first.close();
  await until(() => sumsOf(bench, 'chat')[1] === 1);
  expect(sumsOf(bench, 'chat')[0]).toBe(13);
  expect(bench.hub.told.of('chat-1')?.counts()).toEqual({ 'a.runs': 3 });

  (await bench.join('chat-1', { bootId: 'two' })).tellMeasures(measuresOf(2, 7));
  await until(() => sumsOf(bench, 'chat')[0] === 15);
  expect(sumsOf(bench, 'chat')).toEqual([15, 8]);
  expect(bench.hub.told.of('chat-1')?.counts()).toEqual({ 'a.runs': 2 });
});

it('knows all again after a link broke, and after another master has begun', async () => {
  await using bench = new LinkBench('memory', servers, { heartbeatMs: 20 });
  bench.hub.admit('chat-1');
  const link = await bench.join('chat-1');
  const measures = measuresOf(3, 5);
  link.tellMeasures(measures);
  await until(() => sumsOf(bench, 'chat')[0] === 3);
  bench.dialed[0]!.destroy();
  measures.make({ kind: 'counter', name: 'a.runs', help: 'Runs.' }).add();
  await until(() => sumsOf(bench, 'chat')[0] === 4);
  expect(sumsOf(bench, 'chat')).toEqual([4, 5]);

  bench.hub.close();
  bench.newHub({ heartbeatMs: 20 });
  await until(() => sumsOf(bench, 'chat')[0] === 4);
});

it('keeps the sums of a server that has left the topology', async () => {
  await using bench = new LinkBench('memory', servers, { heartbeatMs: 20 });
  bench.hub.admit('chat-1');
  (await bench.join('chat-1')).tellMeasures(measuresOf(3, 5));
  await until(() => sumsOf(bench, 'chat')[0] === 3);
  bench.hub.forget('chat-1');
  expect(bench.hub.told.of('chat-1')).toBeUndefined();
  expect(sumsOf(bench, 'chat')).toEqual([3, undefined]);
});
