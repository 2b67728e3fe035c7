import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { TestGame } from '../helpers/cluster-process.js';
import { freePort } from '../helpers/free-port.js';

const noteModules = pathToFileURL(
  fileURLToPath(new URL('../helpers/note-modules.mjs', import.meta.url)),
).href;

/** A game whose processes, master and servers, write down which modules they load. */
async function notedGame(master: object = {}): Promise<{ game: TestGame; loaded(): readonly string[] }> {
  const game = await TestGame.ofReference({ chat: [{ id: 'chat-1', port: await freePort() }] });
  const folder = join(game.root, 'modules');
  mkdirSync(folder);
  game.write('config/master.json', { port: await freePort(), ...master });
  game.moreEnv = {
    POMELO_TS_SECRET: 'of the tests of adapters, and long enough',
    NODE_OPTIONS: `--import=${noteModules}`,
    NOTE_MODULES: folder,
  };
  const loaded = () =>
    readdirSync(folder).flatMap((file) => readFileSync(join(folder, file), 'utf8').trimEnd().split('\n'));
  return { game, loaded };
}

const adaptersIn = (modules: readonly string[]): readonly string[] => [
  ...new Set(modules.flatMap((url) => /adapters\/dist\/([a-z-]+)\.js$/.exec(url)?.[1] ?? [])),
];

it('loads nothing of etcd, and of no other adapter, in a game whose settings name none', async () => {
  const { game, loaded } = await notedGame();
  await using _ = game;
  expect(await game.run('start', '-D')).toMatchObject({ code: 0 });
  // Of the master, and of the server: what is not written down could not show what was loaded.
  for (const part of ['/master/dist/', '/core/dist/'])
    expect(loaded().filter((url) => url.includes(part)).length).toBeGreaterThan(0);
  expect(adaptersIn(loaded())).toEqual([]);
  expect(await game.run('kill')).toMatchObject({ code: 0 });
});

it('loads the adapter of etcd once the settings name it', async () => {
  const endpoints = [`http://127.0.0.1:${await freePort()}`]; // nobody is there: that it was asked is enough
  const { game, loaded } = await notedGame({ store: { kind: 'etcd', endpoints } });
  await using _ = game;
  const { stdout } = await game.run('doctor');
  expect(stdout).toContain(endpoints[0]);
  expect(adaptersIn(loaded())).toEqual(['coordination-etcd']);
});
