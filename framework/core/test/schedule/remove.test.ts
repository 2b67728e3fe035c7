import { describe, expect, it } from 'vitest';
import type { Application } from '../../src/application.js';
import { type RunningGame, startGame } from '../running-game.js';

const handlerFile = 'app/servers/chat/handler/chatHandler.js';
const otherFile = 'app/servers/chat/handler/otherHandler.js';
const said = globalThis as { removedCrons?: boolean[] };

/** A handler that does this while it is made. */
const making = (text: string) => `export default (app) => { ${text} return { say: () => ({}) }; };`;
const removing = (id: string) => making(`globalThis.removedCrons.push(app.crons.remove('${id}'));`);

const cron = (id: string, time = '0 0 4 1 1 *') => ({ id, time, action: 'chatCron.tick' });

/** A game whose files name the crons `daily` and `yearly`. */
async function start(
  modules: Readonly<Record<string, string>>,
  app: (app: Application) => void = () => {},
): Promise<RunningGame> {
  said.removedCrons = [];
  const game = await startGame({
    servers: { chat: [{ id: 'chat-1' }] },
    modules: { 'app/servers/chat/cron/chatCron.js': 'export default { tick: () => {} };', ...modules },
    config: { crons: { chat: [cron('daily', '0 0 4 * * *'), cron('yearly')] } },
    app,
  });
  await new Promise((resolve) => setImmediate(resolve)); // files are remembered right after the start
  return game;
}

const times = (game: RunningGame): Readonly<Record<string, string>> =>
  Object.fromEntries(game.app('chat-1').crons.list.map(({ entry }) => [entry.id, entry.time]));
const [daily, yearly] = ['0 0 4 * * *', '0 0 4 1 1 *'];

describe('app.crons.remove of a cron of crons.json5', () => {
  it('in app.ts has it never begin, and tells whether there was one', async () => {
    await using game = await start({ [handlerFile]: making('') }, ({ crons }) => {
      said.removedCrons!.push(crons.remove('daily'), crons.remove('daily'), crons.remove('none'));
    });
    expect(said.removedCrons).toEqual([true, false, false]);
    expect(times(game)).toEqual({ yearly });
    game.files.write(handlerFile, making('app.onStop(() => {});'));
    await game.servers.get('chat-1')!.reload();
    expect(times(game)).toEqual({ yearly });
  });

  it('in app.ts makes room for another of its id', async () => {
    await using game = await start({}, ({ crons }) => {
      crons.remove('daily');
      crons.add(cron('daily', '0 0 5 * * *'));
    });
    expect(times(game)).toEqual({ yearly, daily: '0 0 5 * * *' });
  });

  it('while code is made at the start counts as long as that code is in use', async () => {
    await using game = await start({ [handlerFile]: removing('daily'), [otherFile]: making('') });
    const server = game.servers.get('chat-1')!;
    expect(said.removedCrons).toEqual([true]);
    expect(times(game)).toEqual({ yearly });
    game.files.write(otherFile, making('app.onStop(() => {});'));
    await server.reload();
    expect(times(game), 'other code has changed').toEqual({ yearly });
    game.files.write(handlerFile, `// newer\n${removing('daily')}`);
    await server.reload();
    expect(said.removedCrons).toEqual([true, true]);
    expect(times(game), 'its next code does so too').toEqual({ yearly });
    game.files.write(handlerFile, making(''));
    await server.reload();
    expect(times(game), 'its next code does not').toEqual({ yearly, daily });
    await server.restore();
    expect(times(game), 'the code before is back').toEqual({ yearly });
  });

  it('while code is made at the start goes for crons of app.ts as well, and for two files at once', async () => {
    const modules = { [handlerFile]: removing('own'), [otherFile]: removing('own') };
    await using game = await start(modules, ({ crons }) => crons.add(cron('own')));
    const server = game.servers.get('chat-1')!;
    expect(said.removedCrons).toEqual([true, true]);
    expect(times(game)).toEqual({ daily, yearly });
    game.files.write(handlerFile, making(''));
    await server.reload();
    expect(times(game), 'the other file keeps it away').toEqual({ daily, yearly });
    game.files.write(otherFile, making(''));
    await server.reload();
    expect(times(game)).toEqual({ daily, yearly, own: yearly });
  });

  it('while code is made may put its own in its place', async () => {
    const own = making(
      "app.crons.remove('daily'); app.crons.add({ id: 'daily', time: '0 0 5 * * *', action: 'chatCron.tick' });",
    );
    await using game = await start({ [handlerFile]: own });
    expect(times(game)).toEqual({ yearly, daily: '0 0 5 * * *' });
    game.files.write(handlerFile, making(''));
    await game.servers.get('chat-1')!.reload();
    expect(times(game)).toEqual({ yearly, daily });
  });

  it('by any other code is for good, also of one that code in use keeps away', async () => {
    await using game = await start({ [handlerFile]: removing('daily') });
    const { crons } = game.app('chat-1');
    expect([crons.remove('daily'), crons.remove('daily'), crons.remove('yearly')]).toEqual([
      true,
      false,
      true,
    ]);
    game.files.write(handlerFile, making(''));
    await game.servers.get('chat-1')!.reload();
    expect(times(game)).toEqual({});
  });
});
