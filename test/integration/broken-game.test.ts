import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TestGame } from '../helpers/cluster-process.js';
import { freePort } from '../helpers/free-port.js';

/** What `start` says of a game with this chat handler. */
async function startWith(handler: string): Promise<string> {
  await using game = await TestGame.make(
    { chat: [{ id: 'chat-1', port: await freePort() }] },
    { ownBoot: true },
  );
  game.write('package.json', { type: 'module' });
  writeFileSync(join(game.root, 'app.js'), 'export default { setUp() {} };');
  const folder = join(game.root, 'app/servers/chat/handler');
  mkdirSync(folder);
  writeFileSync(join(folder, 'chatHandler.js'), handler);
  const { code, stdout, stderr } = await game.run('start');
  expect(code).not.toBe(0);
  return stdout + stderr;
}

/** A game whose chat server says "hangs here" while it starts, and never gets ready. */
async function hangingGame(): Promise<TestGame> {
  const game = await TestGame.make(
    { chat: [{ id: 'chat-1', port: await freePort() }] },
    { ownBoot: true, master: { startTimeout: '10m', stopTimeout: '10m' } },
  );
  game.write('package.json', { type: 'module' });
  writeFileSync(
    join(game.root, 'app.js'),
    `export default {
      setUp: (app) => app.onStarted(() => {
        console.log('hangs here');
        return new Promise(() => {});
      }),
    };`,
  );
  return game;
}

describe('a game that hangs in its onStarted', () => {
  it('ends at Ctrl-C long before the time to stop is over', async () => {
    await using game = await hangingGame();
    const start = game.begin('start');
    await start.says('hangs here');
    start.child.kill('SIGINT');
    expect((await start.ended).code).toBe(130);
    expect(game.pids()).toEqual([]);
  });
});

describe('a game whose servers wait for each other', () => {
  it('has its afterStartAll called when all are ready', async () => {
    await using game = await TestGame.make(
      { chat: await Promise.all(['chat-1', 'chat-2'].map(async (id) => ({ id, port: await freePort() }))) },
      { ownBoot: true },
    );
    game.write('package.json', { type: 'module' });
    writeFileSync(join(game.root, 'app.js'), 'export default { setUp() {} };');
    writeFileSync(
      join(game.root, 'app/servers/chat/lifecycle.js'),
      "export default { afterStartAll: (app) => console.log(app.serverId + ' sees all') };",
    );
    const start = game.begin('start');
    await start.says('chat-1 sees all');
    await start.says('chat-2 sees all');
  });
});

describe('a handler that cannot be loaded', () => {
  it('is told with the file and line of its mistake in the syntax', async () => {
    const said = await startWith('export default class {\n  send() {\n    const = 1;\n  }\n}\n');
    expect(said).toMatch(/chatHandler\.js:3\b/);
    expect(said).toContain('const = 1;');
  });

  it('is told with the line of the game that threw', async () => {
    const said = await startWith(
      "export default class {\n  constructor() {\n    openDoor();\n  }\n}\n\nfunction openDoor() {\n  throw new Error('locked');\n}\n",
    );
    expect(said).toMatch(/at openDoor .*chatHandler\.js:8:/);
    expect(said).toContain('locked');
  });
});
