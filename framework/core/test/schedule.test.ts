import { describe, expect, it } from 'vitest';
import { poll } from './poll.js';
import { type RunningGame, startGame } from './running-game.js';

const releases: (() => void)[] = [];

const chatCronOf = (runs: string[]) => (app: { serverId: string }) => ({
  tick: () => void runs.push(app.serverId),
  hold: () => new Promise<void>((resolve) => releases.push(resolve)),
  fails: () => {
    throw new Error('of the game');
  },
});

/** Servers whose cron `tick` notes in `runs` that it ran. */
async function start(crons: object, only?: string[], runs: string[] = []): Promise<RunningGame> {
  releases.length = 0;
  return startGame(
    {
      servers: { chat: [{ id: 'chat-1' }, { id: 'chat-2' }], arena: [{ id: 'arena-1' }] },
      modules: { 'app/servers/chat/cron/chatCron.js': chatCronOf(runs) },
      config: { crons },
    },
    only ? { only } : {},
  );
}

const everySecond = '* * * * * *';
const never = '0 0 0 1 1 *';

// A second is the shortest that a cron can wait: all of them wait for the same one.
describe.concurrent('a cron of every second', () => {
  it('runs on every server of its type', async ({ expect }) => {
    const runs: string[] = [];
    const tick = { id: 'tick', time: everySecond, action: 'chatCron.tick' };
    await using _game = await start({ chat: [tick] }, undefined, runs);
    await expect.poll(() => new Set(runs)).toEqual(new Set(['chat-1', 'chat-2']));
  });

  it('runs on the one server that it names, by its entry or by where the entry stands', async ({
    expect,
  }) => {
    const runs: string[] = [];
    const crons = {
      chat: [{ id: 'one', time: everySecond, action: 'chatCron.tick', serverId: 'chat-2' }],
      'chat-1': [{ id: 'other', time: never, action: 'chatCron.tick' }],
    };
    await using game = await start(crons, undefined, runs);
    await expect.poll(() => [...new Set(runs)]).toEqual(['chat-2']);
    expect(game.app('chat-1').crons.list.map(({ entry }) => entry.id)).toEqual(['other']);
    expect(game.app('chat-2').crons.list.map(({ entry }) => entry.id)).toEqual(['one']);
    expect(game.app('arena-1').crons.list).toEqual([]);
  });

  it('can be added and taken away while the server runs', async ({ expect }) => {
    const runs: string[] = [];
    await using game = await start({}, ['chat-1'], runs);
    const { crons } = game.app('chat-1');
    crons.add({ id: 'late', time: everySecond, action: 'chatCron.tick' });
    await expect.poll(() => runs).toContain('chat-1');
    expect(crons.remove('late')).toBe(true);
    expect(crons.remove('late')).toBe(false);
    expect(() => crons.add({ id: 'x', time: 'whenever', action: 'chatCron.tick' })).toThrow(
      'The cron x cannot be scheduled',
    );
  });
});

describe('a cron', () => {
  it('never overlaps itself, unless it may', async () => {
    await using game = await start(
      {
        chat: [
          { id: 'alone', time: never, action: 'chatCron.hold' },
          { id: 'many', time: never, action: 'chatCron.hold', overlap: true },
        ],
      },
      ['chat-1'],
    );
    const { crons } = game.app('chat-1');
    const first = crons.run('alone');
    expect(await crons.run('alone')).toBe(false);
    const [second, third] = [crons.run('many'), crons.run('many')];
    expect(crons.running).toBe(3);
    for (const release of releases) release();
    expect(await Promise.all([first, second, third])).toEqual([true, true, true]);
    expect(game.count('chat-1', 'cron.skipped')).toBe(1);
    expect(game.count('chat-1', 'cron.runs')).toBe(3);
  });

  it('that fails is counted and runs again', async () => {
    await using game = await start({ chat: [{ id: 'bad', time: never, action: 'chatCron.fails' }] }, [
      'chat-1',
    ]);
    const { crons } = game.app('chat-1');
    expect(await crons.run('bad')).toBe(false);
    expect(await crons.run('bad')).toBe(false);
    expect(game.count('chat-1', 'cron.failures')).toBe(2);
  });

  it('is waited for when its server stops', async () => {
    await using game = await start({ chat: [{ id: 'long', time: never, action: 'chatCron.hold' }] }, [
      'chat-1',
    ]);
    void game.app('chat-1').crons.run('long');
    let stopped = false;
    const stop = game.stop('chat-1').then(() => {
      stopped = true;
    });
    await poll(() => game.hub.registry.get('chat-1')?.state).toBe('stopping');
    expect(stopped).toBe(false);
    releases[0]!();
    await stop;
  });

  it('whose action is missing stops the start, and names those that there are', async () => {
    await expect(
      start({ chat: [{ id: 'x', time: never, action: 'chatCron.sweep' }] }, ['chat-1']),
    ).rejects.toThrow(
      "The cron x cannot be scheduled: there is no chatCron.sweep; this server's crons are: chatCron.fails, chatCron.hold, chatCron.tick",
    );
  });

  it('for a type without crons stops the start', async () => {
    await expect(
      start({ arena: [{ id: 'x', time: never, action: 'arenaCron.sweep' }] }, ['arena-1']),
    ).rejects.toThrow("this server's crons are: none");
  });
});
