import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventually, repositoryRoot, TestGame } from '../helpers/cluster-process.js';
import { freePort } from '../helpers/free-port.js';
import { RawClient } from '../helpers/raw-client.js';

/** A connector and a chat server that run; the code of a third type is not there yet. */
async function start() {
  const clientPort = await freePort();
  const servers = {
    chat: [{ id: 'chat-1', port: await freePort() }],
    connector: [{ id: 'connector-1', port: await freePort(), clientPort, frontend: true }],
  };
  const game = await TestGame.make(servers, {
    ownBoot: true,
    env: { POMELO_TS_SECRET: 'of these integration tests' },
  });
  const writeCode = (file: string, text: string): void => {
    mkdirSync(dirname(join(game.root, file)), { recursive: true });
    writeFileSync(join(game.root, file), text);
  };
  symlinkSync(join(repositoryRoot, 'node_modules'), join(game.root, 'node_modules'));
  writeCode('package.json', '{"type":"module"}');
  writeCode('app.js', 'export default { setUp() {} };');
  writeCode(
    'app/servers/chat/handler/chatHandler.js',
    `export default (app) => ({
      ask: async () => ({ answer: await app.rpc.quest.questRemote.ask('any', 'chat') }),
      askAll: async () => ({ answers: (await app.rpc.quest.questRemote.ask.broadcast('all')).map(({ value }) => value) }),
    });`,
  );
  const { code, stderr } = await game.run('start', '-D', '-e', 'production');
  if (code !== 0) throw new Error(stderr);
  return { game, servers, clientPort, writeCode, [Symbol.asyncDispose]: () => game[Symbol.asyncDispose]() };
}

describe('config reload', () => {
  it('adds a type that clients and servers from before reach, and takes it away with a clear error', async () => {
    await using running = await start();
    const { game, servers, clientPort, writeCode } = running;
    await using client = await RawClient.join(clientPort);
    const ask = (route: string) => client.request(route);
    const route = 'quest.questHandler.where';
    expect(await ask(route)).toMatchObject({ code: 404 });
    expect(await ask('chat.chatHandler.ask')).toMatchObject({ code: 503 });

    writeCode(
      'app/servers/quest/handler/questHandler.js',
      `export default (app) => ({ where: () => ({ at: app.serverId }) });`,
    );
    writeCode(
      'app/servers/quest/remote/questRemote.js',
      `export default (app) => ({ ask: (who) => who + ' asked ' + app.serverId });`,
    );
    const quest = [{ id: 'quest-1', port: await freePort() }];
    game.write('config/servers.json', { ...servers, quest });
    expect(await game.run('config', 'reload', '--yes')).toMatchObject({ code: 0 });
    expect(await ask(route)).toEqual({ at: 'quest-1' });
    expect(await ask('chat.chatHandler.ask')).toEqual({ answer: 'chat asked quest-1' });
    expect(await ask('chat.chatHandler.askAll')).toEqual({ answers: ['all asked quest-1'] });

    game.write('config/servers.json', servers);
    expect(await game.run('config', 'reload', '--yes')).toMatchObject({ code: 0 });
    const gone = { code: 503, message: expect.stringContaining('quest') };
    await eventually(async () => (await ask(route))['code'] === 503, 'the end of quest-1');
    for (const one of [route, 'quest.questHandler.never', 'chat.chatHandler.ask'])
      expect(await ask(one)).toMatchObject(gone);
    expect(await ask('chat.chatHandler.askAll')).toEqual({ answers: [] });
  });

  it('makes a backend a frontend, which clients of other frontends then reach no more', async () => {
    await using running = await start();
    const { game, servers, clientPort, writeCode } = running;
    writeCode(
      'app/servers/quest/handler/questHandler.js',
      `export default (app) => ({ where: () => ({ at: app.serverId }) });`,
    );
    const quest = { id: 'quest-1', port: await freePort() };
    game.write('config/servers.json', { ...servers, quest: [quest] });
    expect(await game.run('config', 'reload', '--yes')).toMatchObject({ code: 0 });
    await using client = await RawClient.join(clientPort);
    const ask = () => client.request('quest.questHandler.where');
    expect(await ask()).toEqual({ at: 'quest-1' });

    const questPort = await freePort();
    game.write('config/servers.json', {
      ...servers,
      quest: [{ ...quest, clientPort: questPort, frontend: true }],
    });
    expect(await game.run('config', 'reload', '--yes', '--restart')).toMatchObject({ code: 0 });
    await eventually(async () => (await ask())['code'] === 404, 'that quest is a frontend');
    await using other = await RawClient.join(questPort);
    expect(await other.request('quest.questHandler.where')).toEqual({ at: 'quest-1' });

    game.write('config/servers.json', { ...servers, quest: [quest] });
    expect(await game.run('config', 'reload', '--yes', '--restart')).toMatchObject({ code: 0 });
    await eventually(async () => (await ask())['at'] === 'quest-1', 'that quest is a backend again');
  });
});
