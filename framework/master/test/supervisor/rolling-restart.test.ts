import { describe, expect, it } from 'vitest';
import type { Progress } from '../../src/supervisor/progress.js';
import { RollingRestart } from '../../src/supervisor/rolling-restart.js';
import { Bench, entry, quiet } from '../supervisor-bench.js';

const servers = [
  entry('gate-1'),
  entry('connector-1'),
  entry('connector-2'),
  entry('chat-1'),
  entry('chat-2'),
  entry('chat-3'),
];
const ids = servers.map(({ id }) => id);

async function running(): Promise<Bench> {
  const bench = new Bench(servers);
  await bench.start(...ids);
  return bench;
}

/** Restarts all, and gives the order in which servers were begun. */
async function restart(bench: Bench, wanted: readonly string[] = ids): Promise<string[]> {
  const begun: string[] = [];
  const note = (progress: Progress) => {
    if (progress.kind === 'server' && progress.state === 'ready') begun.push(progress.id);
  };
  await new RollingRestart(bench.supervisor, note).run(wanted);
  return begun;
}

const livesOf = (bench: Bench) => Object.fromEntries(ids.map((id) => [id, bench.launcher.lives[id]!.length]));

describe('a rolling restart', () => {
  it('goes from the inside out, one server of each type first', async () => {
    using bench = await running();
    const order = await restart(bench);
    expect(order.slice(0, 1)).toEqual(['chat-1']);
    expect(order.slice(1, 3).sort()).toEqual(['chat-2', 'chat-3']);
    expect(order.slice(3)).toEqual(['connector-1', 'connector-2', 'gate-1']);
    expect(Object.values(livesOf(bench))).toEqual([2, 2, 2, 2, 2, 2]);
  });

  it('ends at a first server that does not start, and touches nothing else', async () => {
    using bench = await running();
    bench.launcher.behaviour['chat-1'] = { exitCode: 1 };
    await expect(restart(bench)).rejects.toMatchObject({
      code: 'RESTART_FAILED',
      facts: { serverId: 'chat-1', rest: ids.join(' ') },
      message: expect.stringContaining(
        'Down: chat-1\nNot touched, still as before: gate-1, connector-1, connector-2, chat-2, chat-3',
      ),
    });
    expect(livesOf(bench)).toEqual({
      'gate-1': 1,
      'connector-1': 1,
      'connector-2': 1,
      'chat-1': 2,
      'chat-2': 1,
      'chat-3': 1,
    });
    expect(bench.state('chat-2')).toBe('ready');
  });

  it('keeps the others of a type when one of them does not start, and names those that are left', async () => {
    using bench = await running();
    bench.launcher.behaviour['chat-3'] = { exitCode: 1 };
    await expect(restart(bench)).rejects.toMatchObject({
      facts: { serverId: 'chat-3', rest: 'gate-1 connector-1 connector-2 chat-3' },
    });
    expect(ids.filter((id) => bench.state(id) === 'ready')).toHaveLength(5);
    expect(bench.launcher.lives['chat-2']).toHaveLength(2);
  });

  it('takes one that does not run first, as nobody would miss it', async () => {
    using bench = await running();
    await bench.supervisor.stop(['chat-3'], () => {});
    bench.launcher.behaviour['chat-3'] = { exitCode: 1 };
    await expect(restart(bench, ['chat-1', 'chat-3'])).rejects.toMatchObject({
      facts: { serverId: 'chat-3' },
    });
    expect(bench.launcher.lives['chat-1']).toHaveLength(1);
  });

  it('gives up on one that never gets ready', async () => {
    using bench = await running();
    bench.launcher.behaviour['chat-1'] = { ready: false };
    const failed = expect(restart(bench, ['chat-1', 'chat-2'])).rejects.toMatchObject({
      code: 'RESTART_FAILED',
    });
    await quiet();
    await bench.pass(5000);
    await quiet();
    await failed;
    expect(bench.launcher.lives['chat-2']).toHaveLength(1);
  });
});
