import { describe, expect, it } from 'vitest';
import type { Progress } from '../../src/long-operations/progress.js';
import type { RestartHow } from '../../src/servers/restart-how.js';
import { RollingRestart } from '../../src/servers/rolling-restart.js';
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
async function restart(
  bench: Bench,
  wanted: readonly string[] = ids,
  how: RestartHow = { watchMs: 0 },
): Promise<string[]> {
  const begun: string[] = [];
  const note = (progress: Progress) => {
    if (progress.kind === 'server' && progress.state === 'ready') begun.push(progress.id);
  };
  const { supervisor, hub, clock } = bench;
  await new RollingRestart({ supervisor, hub, clock, onProgress: note }, how).run(wanted);
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

  it('restarts a quarter of a type at a time, each ready before the next, and all at once only where that is wanted', async () => {
    const chats = Array.from({ length: 9 }, (_, index) => entry(`chat-${index + 1}`));
    const all = [...chats.map(({ id }) => id), 'auth-1', 'auth-2'];
    const most = async (how: RestartHow) => {
      using bench = new Bench([
        ...chats,
        entry('auth-1', { frontend: false }),
        entry('auth-2', { frontend: false }),
      ]);
      await bench.start(...all);
      const down = new Set<string>();
      const seen: number[] = [];
      const note = (progress: Progress) => {
        if (progress.kind !== 'server' || !progress.id.startsWith('chat')) return;
        if (progress.state === 'stopping') seen.push(down.add(progress.id).size);
        else if (progress.state === 'ready') down.delete(progress.id);
      };
      const { supervisor, hub, clock } = bench;
      await new RollingRestart({ supervisor, hub, clock, onProgress: note }, { watchMs: 0, ...how }).run(all);
      expect(Object.values(bench.launcher.lives).every((lives) => lives.length === 2)).toBe(true);
      return [seen[0], Math.max(...seen)];
    };
    expect(await most({})).toEqual([1, 2]);
    expect(await most({ atOnce: 3 })).toEqual([1, 3]);
    expect(await most({ atOnce: 'all' })).toEqual([1, 8]);
  });
});

describe('the first server of a type, watched after its restart,', () => {
  /** Has chat restarted, does `harm` to the first one while it is watched, and gives what comes of it. */
  async function harmed(
    bench: Bench,
    wanted: readonly string[],
    harm: (id: string) => void,
  ): Promise<unknown> {
    const watched = new Promise<string>((resolve) => {
      const onProgress = (progress: Progress) => {
        if (progress.kind === 'server' && progress.state === 'watched') resolve(progress.id);
      };
      const { supervisor, hub, clock } = bench;
      ended = new RollingRestart({ supervisor, hub, clock, onProgress }).run(wanted).catch((error) => error);
    });
    harm(await watched);
    let over = false;
    void ended.then(() => {
      over = true;
    });
    for (let n = 0; n < 300 && !over; n++) await bench.pass(500);
    return await ended;
  }
  let ended: Promise<unknown>;

  it('is stopped when it crashes, and the others stay', async () => {
    using bench = new Bench(servers.map((server) => ({ ...server, autoRestart: true })));
    await bench.start(...ids);
    const error = await harmed(bench, ids, (id) =>
      bench.launcher.lives[id]!.at(-1)!.end({ code: 1, signal: null }),
    );
    expect(error).toMatchObject({
      code: 'RESTART_FAILED',
      facts: { serverId: 'chat-1', rest: ids.join(' ') },
      message: expect.stringMatching(
        /chat-1, which did not stay: it ended with exit code 1.*, \d\.\d s after it was ready\nDown: chat-1\nNot touched, still as before: .*chat-2, chat-3\n/,
      ),
    });
    expect(livesOf(bench)).toMatchObject({ 'chat-1': 2, 'chat-2': 1, 'chat-3': 1, 'gate-1': 1 });
    expect(bench.state('chat-1')).toBe('down');
  });

  it('is stopped when it hangs, be it that its link still stands', async () => {
    using bench = await running();
    const error = await harmed(bench, ids, (id) => bench.launcher.lives[id]!.at(-1)!.freeze());
    expect(error).toMatchObject({
      facts: { serverId: 'chat-1', reason: expect.stringContaining('it does not answer, ') },
    });
    expect(livesOf(bench)).toMatchObject({ 'chat-1': 2, 'chat-2': 1, 'gate-1': 1 });
  });

  it('is left to auto-restart when nobody else of its type runs', async () => {
    using bench = new Bench([entry('chat-1', { autoRestart: true }), entry('gate-1')]);
    await bench.start('chat-1', 'gate-1');
    const error = await harmed(bench, ['chat-1', 'gate-1'], (id) =>
      bench.launcher.lives[id]!.at(-1)!.end({ code: 1, signal: null }),
    );
    expect((error as Error).message).toMatch(
      /\nLeft as it is, to be started again with the new code: chat-1\nNot touched, still as before: gate-1\n/,
    );
    await bench.pass(2000);
    expect(bench.state('chat-1')).toBe('ready');
    expect(bench.launcher.lives['gate-1']).toHaveLength(1);
  });
});
