import { type Logger, silentLogger } from '@pomelo-ts/common';
import { describe, expect, it } from 'vitest';
import { RawClient } from '../../../../test/helpers/raw-client.js';
import { poll } from '../poll.js';
import { type RunningGame, startGame } from '../running-game.js';

const handlerFile = 'app/servers/chat/handler/chatHandler.js';
const otherFile = 'app/servers/chat/handler/otherHandler.js';

/** What the modules of a game write down: they run in this process. */
const notes = globalThis as { codeHookNotes?: string[] };

/** A handler that registers all it can, in words of its own. */
const registers = (word: string, more = '') => `
const note = (what) => void globalThis.codeHookNotes.push('${word} ' + what);
export default (app) => {
  app.onStarted(() => note('onStarted'));
  app.onStop(() => note('onStop'));
  app.onSessionClosed(() => note('onSessionClosed'));
  app.filter({ before: () => note('filter') });
  app.remoteFilter({ before: () => note('remoteFilter') });
  app.crons.add({ id: 'of the handler', time: '0 0 0 1 1 *', action: 'chatCron.tick' });
  ${more}
  let count = 0;
  return { say: () => ({ says: '${word}', count: ++count }) };
};
`;

async function start(settings: object = {}): Promise<RunningGame> {
  notes.codeHookNotes = [];
  const game = await startGame({
    servers: { chat: [{ id: 'chat-1' }], connector: [{ id: 'connector-1', frontend: true }] },
    modules: {
      [handlerFile]: registers('old'),
      [otherFile]: `export default { say: () => ({}) };`,
      'app/servers/chat/remote/chatRemote.js': `export default { ping: () => 'pong' };`,
      'app/servers/chat/cron/chatCron.js': `export default { tick: () => {} };`,
    },
    settings: { client: { dictionary: false }, ...settings },
  });
  // Files are remembered right after the start.
  await new Promise((resolve) => setImmediate(resolve));
  return game;
}

const taken = (): string[] => notes.codeHookNotes!.splice(0);

/** What a request, a call and the end of a session run. */
async function used(game: RunningGame): Promise<string[]> {
  taken();
  {
    await using client = await RawClient.join(game.port('connector-1'));
    await client.request('chat.chatHandler.say');
  }
  await game.app('connector-1').rpc['chat']!['chatRemote']!['ping']!(1);
  await poll(() => notes.codeHookNotes!.some((note) => note.endsWith('onSessionClosed'))).toBe(true);
  return taken().sort();
}

describe('what code of a server has registered', () => {
  it('ends with it: after many reloads each thing runs once, and what leaves is told so', async () => {
    const game = await start();
    expect(taken()).toEqual(['old onStarted']);
    expect(await used(game)).toEqual(['old filter', 'old onSessionClosed', 'old remoteFilter']);
    const server = game.servers.get('chat-1')!;
    let before = 'old';
    for (const word of ['first', 'second', 'third']) {
      game.files.write(handlerFile, registers(word));
      await server.reload();
      expect(taken()).toEqual([`${word} onStarted`, `${before} onStop`]);
      before = word;
    }
    expect(await used(game)).toEqual(['third filter', 'third onSessionClosed', 'third remoteFilter']);
    expect(server.app.crons.list.map(({ entry }) => entry.id)).toEqual(['of the handler']);
    game.files.remove(handlerFile);
    await server.reload();
    expect(taken()).toEqual(['third onStop']);
    expect(server.app.crons.list).toEqual([]);
    await game[Symbol.asyncDispose]();
    expect(taken()).toEqual([]);
  });

  it('runs once at the stop when its code has stayed', async () => {
    const game = await start();
    game.files.write(otherFile, `export default { say: () => ({ new: true }) };`);
    await game.servers.get('chat-1')!.reload();
    expect(taken()).toEqual(['old onStarted']);
    await game[Symbol.asyncDispose]();
    expect(taken()).toEqual(['old onStop']);
  });

  it('is undone at once when the reload fails, and the former runs on', async () => {
    await using game = await start();
    taken();
    const server = game.servers.get('chat-1')!;
    game.files.write(handlerFile, registers('new'));
    game.files.write(otherFile, 'throw new Error("of the game");');
    await expect(server.reload()).rejects.toThrow('otherHandler.js');
    game.files.write(otherFile, `export default { say: () => ({}) };`);
    game.files.write(handlerFile, registers('half', 'throw new Error("of the handler");'));
    await expect(server.reload()).rejects.toThrow('of the handler');
    expect(taken()).toEqual(['new onStop', 'half onStop']);
    expect(await used(game)).toEqual(['old filter', 'old onSessionClosed', 'old remoteFilter']);
    expect(server.app.crons.list).toHaveLength(1);
  });

  it('comes back with the former code, which is made anew when it had an end', async () => {
    await using game = await start();
    await using client = await RawClient.join(game.port('connector-1'));
    const server = game.servers.get('chat-1')!;
    await client.request('chat.chatHandler.say');
    game.files.write(handlerFile, registers('new'));
    await server.reload();
    taken();
    expect(await server.restore()).toBe(true);
    expect(taken()).toEqual(['old onStarted', 'new onStop']);
    expect(await client.request('chat.chatHandler.say')).toEqual({ says: 'old', count: 1 });
    expect(await used(game)).toEqual(['old filter', 'old onSessionClosed', 'old remoteFilter']);
  });

  it('is warned of where it comes too late to do anything', async () => {
    const warned: string[] = [];
    const logger: Logger = { ...silentLogger, warn: (message) => warned.push(message) };
    const says = (word: string) =>
      `export default (app) => { app.http(() => false); return { say: () => '${word}' }; };`;
    await using game = await startGame(
      { servers: { chat: [{ id: 'chat-1' }] }, modules: { [handlerFile]: says('old') } },
      { logger },
    );
    const { length } = game.app('chat-1').registrations.httpHandlers;
    await new Promise((resolve) => setImmediate(resolve));
    game.files.write(handlerFile, says('new'));
    await game.servers.get('chat-1')!.reload();
    expect(game.app('chat-1').registrations.httpHandlers).toHaveLength(length);
    expect(warned).toEqual(Array(2).fill(expect.stringContaining('call them in app.ts')));
  });

  it('that fails or hangs at its begin or end keeps no reload from ending', async () => {
    const badEnds = `
      app.onStarted(() => new Promise(() => {}));
      app.onStop(() => { throw new Error('bad'); });
      app.onStop(() => new Promise(() => {}));
      app.onStop(() => new Promise(() => {}));
      app.onStop(() => globalThis.codeHookNotes.push('last onStop'));`;
    await using game = await start({ lifecycle: { timeout: '100ms' } });
    const server = game.servers.get('chat-1')!;
    game.files.write(handlerFile, registers('bad', badEnds));
    await server.reload();
    game.files.write(handlerFile, registers('good'));
    await server.reload();
    expect(taken()).toEqual(expect.arrayContaining(['good onStarted', 'last onStop']));
    expect(server.app.counters.lifecycleFailures.value).toBe(4);
  });

  const cron = (id: string) => `{ id: '${id}', time: '0 0 0 1 1 *', action: 'chatCron.tick' }`;
  const ids = (game: RunningGame): string[] =>
    game
      .app('chat-1')
      .crons.list.map(({ entry }) => entry.id)
      .sort();

  it('takes no cron away when its reload fails, and takes back what the same file has added', async () => {
    await using game = await start();
    const server = game.servers.get('chat-1')!;
    const own = `
      app.crons.remove('kept');
      app.crons.add(${cron('kept')});
      app.crons.add(${cron('gone')});
      globalThis.codeHookNotes.push(app.crons.remove('gone'), app.crons.remove('gone'));`;
    game.app('chat-1').crons.add({ id: 'kept', time: '0 0 0 1 1 *', action: 'chatCron.tick' });
    game.files.write(handlerFile, registers('half', `${own} throw new Error('of the handler');`));
    await expect(server.reload()).rejects.toThrow('of the handler');
    expect(ids(game)).toEqual(['kept', 'of the handler']);
    taken();
    game.files.write(handlerFile, registers('new', own));
    await server.reload();
    expect(taken()).toEqual(expect.arrayContaining([true, false]));
    expect(ids(game)).toEqual(['kept', 'of the handler']);
  });

  it.each([
    ['takes away', `globalThis.codeHookNotes.push(app.crons.remove('kept'));`, ['of the handler']],
    [
      'puts its own in the place of',
      `globalThis.codeHookNotes.push(app.crons.remove('kept')); app.crons.add(${cron('kept')});`,
      ['kept', 'of the handler'],
    ],
  ])('that %s a cron of others does so for as long as it is in use', async (_, own, then) => {
    await using game = await start();
    const server = game.servers.get('chat-1')!;
    const entry = { id: 'kept', time: '0 0 4 * * *', action: 'chatCron.tick' };
    game.app('chat-1').crons.add(entry);
    const kept = () => server.app.crons.list.find(({ entry: { id } }) => id === 'kept')?.entry.time;
    const reload = async (text: string) => {
      game.files.write(handlerFile, text);
      await server.reload();
    };
    await reload(registers('one', own));
    expect(ids(game)).toEqual(then);
    await server.restore();
    expect(kept()).toBe(entry.time);
    for (const name of ['two', 'three']) {
      taken();
      await reload(registers(name, own));
      expect(taken()).toContain(true);
      expect(ids(game)).toEqual(then);
      expect(kept()).not.toBe(entry.time);
    }
    await reload(registers('four'));
    expect(kept()).toBe(entry.time);
    await server.restore();
    expect(kept()).not.toBe(entry.time);
  });

  it.each([false, true])(
    'is not what other code registers while a reload waits (that fails: %s)',
    async (fails) => {
      await using game = await start();
      const server = game.servers.get('chat-1')!;
      const { app } = server;
      const gates = globalThis as { codeHookGate?: Promise<void>; codeHookWaits?: () => void };
      let open = (): void => {};
      gates.codeHookGate = new Promise((resolve) => {
        open = resolve;
      });
      const waiting = new Promise<void>((resolve) => {
        gates.codeHookWaits = resolve;
      });
      const slow = registers('slow').replace('export default (app) => {', 'export default async (app) => {');
      const end = fails ? `throw new Error('of the handler');` : '';
      const waits = `globalThis.codeHookWaits(); await globalThis.codeHookGate; ${end} let count = 0;`;
      game.files.write(handlerFile, slow.replace('let count = 0;', waits));
      const reload = server.reload().catch((error: Error) => error.message);
      await waiting;
      app.crons.add({ id: 'live', time: '0 0 0 1 1 *', action: 'chatCron.tick' });
      expect(await app.crons.run('live')).toBe(true);
      const stopped: string[] = [];
      app.onStop(() => stopped.push('live'));
      app.onSessionClosed(() => stopped.push('closed'));
      open();
      expect(await reload).toEqual(fails ? expect.stringContaining('of the handler') : expect.anything());
      expect(ids(game)).toEqual(['live', 'of the handler']);
      game.files.write(handlerFile, registers('last'));
      await server.reload();
      expect(ids(game)).toEqual(['live', 'of the handler']);
      expect(stopped).toEqual([]);
      expect(await used(game)).toEqual(['last filter', 'last onSessionClosed', 'last remoteFilter']);
      expect(stopped).toEqual(['closed']);
      await game[Symbol.asyncDispose]();
      expect(stopped).toContain('live');
    },
  );
});
