import { describe, expect, it } from 'vitest';
import { operations } from '../../src/operations/table.js';
import { Bench, entry } from '../supervisor-bench.js';
import { ServingBench } from './serving-bench.js';

/* What asks for a proof only when it is asked for so: it reaches all clients, or cuts many. */

const codeOf = (asked: Promise<unknown>) => asked.catch(({ code }: { code: string }) => code);

const servers = [
  { ...entry('connector-1'), frontend: true, clientPort: 3011 },
  { ...entry('connector-2'), frontend: true, clientPort: 3012 },
  entry('chat-1'),
];

/** A game whose first connector has so many clients, and somebody who signed in long ago. */
async function withClients(connections: number) {
  const bench = new Bench(servers);
  await bench.start(...servers.map(({ id }) => id));
  bench.launcher.lives['connector-1']!.at(-1)!.link!.setStats(() => ({ connections }));
  await bench.pass(3000);
  const master = await ServingBench.open(bench);
  master.asks = 'person';
  master.unproved = true;
  return { bench, master };
}

describe('a proof of who asks', () => {
  it.each(['servers.stop', 'servers.kill', 'servers.restart', 'servers.remove'])(
    'is asked for by %s when it cuts more than a hundred clients, or all',
    async (verb) => {
      for (const [connections, args, asks] of [
        [100, { ids: ['connector-1'] }, false],
        [101, { ids: ['connector-1'] }, true],
        [101, { ids: ['connector-2', 'chat-1'] }, false],
        [0, { ids: ['connector-1', 'connector-2'] }, true],
      ] as const) {
        const { bench, master } = await withClients(connections);
        using _ = bench;
        const { provesWhen } = operations[verb as 'servers.stop'];
        expect([connections, args, provesWhen!.holds(args as never, master.master)]).toEqual([
          connections,
          args,
          asks,
        ]);
      }
    },
  );

  it('keeps such a change from being carried out, is written down, and lets it go on once it was given', async () => {
    const { bench, master } = await withClients(101);
    using _ = bench;
    expect(await codeOf(master.ask('servers.kill', { ids: ['connector-1'] }))).toBe('PROOF_NEEDED');
    expect(bench.state('connector-1')).toBe('ready');
    expect(master.audit.at(-1)).toMatchObject({
      verb: 'servers.kill',
      result: 'refused',
      code: 'PROOF_NEEDED',
    });
    expect(await codeOf(master.ask('servers.kill', { ids: ['none'] }))).not.toBe('PROOF_NEEDED');
    master.unproved = false;
    await master.ask('servers.kill', { ids: ['connector-1'] });
    expect(bench.state('connector-1')).not.toBe('ready');
  });

  it('is asked for by pushes to all, the end of the cluster, and a configuration that restarts servers', () => {
    const asks = (
      verb: 'push.send' | 'push.many' | 'cluster.stop' | 'cluster.kill' | 'config.apply',
      args: object,
    ) => operations[verb].provesWhen!.holds(args as never, {} as never);
    expect(asks('push.send', { to: { all: true } })).toBe(true);
    expect(asks('push.send', { to: { type: 'connector' } })).toBe(true);
    expect(asks('push.send', { to: { uids: ['ann'] } })).toBe(false);
    const both = [{ to: { uids: ['ann'] } }, { to: { all: true } }];
    expect(asks('push.many', { pushes: both })).toBe(true);
    expect(asks('push.many', { pushes: both.slice(0, 1) })).toBe(false);
    expect([asks('cluster.stop', {}), asks('cluster.kill', {})]).toEqual([true, true]);
    expect([asks('config.apply', { restart: true }), asks('config.apply', {})]).toEqual([true, false]);
  });

  it('is not asked of who comes before what they ask for makes sense, nor of one who may not do it', async () => {
    const { bench, master } = await withClients(101);
    using _ = bench;
    master.role = 'viewer';
    expect(await codeOf(master.ask('servers.kill', { ids: ['connector-1'] }))).toBe('ROLE_LACKING');
    master.role = 'admin';
    expect(await codeOf(master.ask('servers.kill', { ids: 'connector-1' }))).toBe('OPERATION_INVALID');
  });
});
