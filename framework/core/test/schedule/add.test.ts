import { describe, expect, it } from 'vitest';
import { type RunningGame, startGame } from '../running-game.js';

const start = (): Promise<RunningGame> =>
  startGame({
    servers: {
      chat: [{ id: 'chat-1' }, { id: 'chat-2' }],
      arena: [{ id: 'arena-1' }],
    },
    modules: { 'app/servers/chat/cron/chatCron.js': 'export default { tick: () => {} };' },
  });

const good = { id: 'x', time: '0 0 0 1 1 *', action: 'chatCron.tick' };

const wrong: readonly [object | null | undefined, string][] = [
  [{ ...good, lateMs: 0 }, 'expected lateMs as a whole number from 1000 to 86400000, got 0'],
  [{ ...good, lateMs: -5 }, 'got -5'],
  [{ ...good, lateMs: Number.NaN }, 'got NaN'],
  [{ ...good, lateMs: '1h' }, 'got "1h"'],
  [{ ...good, once: true }, 'expected once as "cluster", got true'],
  [{ ...good, once: 'Cluster' }, 'got "Cluster"'],
  [{ ...good, once: 'cluster', serverId: 'chat-1' }, 'expected once or serverId, not both'],
  [{ ...good, id: undefined }, 'expected id as a text that names it, got undefined'],
  [{ ...good, id: 5 }, 'got 5'],
  [{ ...good, id: '' }, 'got ""'],
  [{ ...good, id: 'a\ud800' }, 'got "a\\ud800"'],
  [{ ...good, id: { toString: 1 } }, 'got an object'],
  [{ ...good, timezone: 'Mars/Olympus' }, 'expected timezone as a time zone'],
  [{ ...good, overlap: 'yes' }, 'expected overlap as true or false'],
  [{ ...good, time: 'rubbish' }, 'six fields'],
  [{ ...good, time: undefined }, 'expected time as six fields'],
  [{ ...good, time: '0 0 0 30 2 *' }, 'no month that it names has such a day'],
  [{ ...good, action: 'tick' }, 'expected action as file.method'],
  [{ ...good, action: 'chatCron.nope' }, 'there is no chatCron.nope'],
  [{ ...good, onec: 'cluster' }, 'onec is no field of a cron'],
  [null, 'expected an object, got null'],
  [undefined, 'expected an object, got undefined'],
];

describe('app.crons.add', () => {
  it('takes what crons.json5 takes, and tells all else as it does, on every server', async () => {
    await using game = await start();
    for (const [cron, told] of wrong) {
      const add = (id: string) => () => game.app(id).crons.add(cron as never);
      expect(add('chat-1')).toThrow(expect.objectContaining({ code: 'CRON_INVALID' }));
      expect(add('chat-1')).toThrow(told);
      expect(add('chat-1')).not.toThrow('{cron}');
      // A server without cron files runs none.
      expect(add('arena-1')).toThrow(expect.objectContaining({ code: 'CRON_INVALID' }));
    }
    expect(game.app('chat-1').crons.list).toEqual([]);
    expect(() => game.app('arena-1').crons.add(good)).toThrow("this server's crons are: none");
  });

  it('takes an undefined option for one that is not there', async () => {
    await using game = await start();
    const { crons } = game.app('chat-1');
    crons.add({ ...good, lateMs: undefined, overlap: undefined, once: undefined, timezone: undefined });
    expect(crons.list[0]!.entry).toMatchObject({ lateMs: 15_000, overlap: false });
  });

  it('leaves a cron that names another server to that one', async () => {
    await using game = await start();
    for (const id of ['chat-1', 'chat-2']) game.app(id).crons.add({ ...good, serverId: 'chat-2' });
    expect(game.app('chat-1').crons.list).toEqual([]);
    expect(game.app('chat-2').crons.list).toHaveLength(1);
  });

  it('can be taken back before the start, and refuses an id twice there', async () => {
    const seen: unknown[] = [];
    await using game = await startGame({
      servers: { chat: [{ id: 'chat-1' }] },
      modules: { 'app/servers/chat/cron/chatCron.js': 'export default { tick: () => {} };' },
      app: ({ crons }) => {
        crons.add(good);
        crons.add({ ...good, id: 'y' });
        expect(() => crons.add(good)).toThrow('already');
        seen.push(crons.remove('x'), crons.remove('x'));
      },
    });
    expect(seen).toEqual([true, false]);
    expect(game.app('chat-1').crons.list.map(({ entry }) => entry.id)).toEqual(['y']);
  });

  it('runs crons of the first cron file that a reload brings', async () => {
    await using game = await start();
    await new Promise((resolve) => setImmediate(resolve));
    game.files.write('app/servers/arena/cron/arenaCron.js', 'export default { tick: () => {} };');
    await game.servers.get('arena-1')!.reload();
    const { crons } = game.app('arena-1');
    crons.add({ ...good, action: 'arenaCron.tick' });
    expect(await crons.run('x')).toBe(true);
  });
});

describe('app.onStarted', () => {
  it('runs at once where the server has started', async () => {
    await using game = await start();
    let runs = 0;
    game.app('chat-1').onStarted(() => runs++);
    expect(runs).toBe(1);
  });
});
