import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { RunningCommand } from '../helpers/cluster-process.js';
import { markedLines } from '../helpers/user-project.js';
import { npmEnded } from '../helpers/workshop.js';

const repository = fileURLToPath(new URL('../../', import.meta.url));

/** A game as `pomelo-ts init` makes it, with its packages installed and nothing built. */
async function newGame(template: string, language: string): Promise<string> {
  const root = mkdtempSync(join(tmpdir(), 'pomelo-ts-new-game-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const options = ['--template', template, '--language', language, '--directory', root];
  expect(await new RunningCommand(['init', 'a-game', ...options], { NO_COLOR: '1' }).ended).toMatchObject({
    code: 0,
  });
  const game = join(root, 'a-game');
  install(game);
  return game;
}

/** Gives a game what `npm install` would. */
function install(game: string): void {
  const [from, to] = [join(repository, 'node_modules'), join(game, 'node_modules')];
  mkdirSync(join(to, '.bin'), { recursive: true });
  for (const name of readdirSync(from)) if (name !== '.bin') symlinkSync(join(from, name), join(to, name));
  symlinkSync(join(from, 'typescript/bin/tsc'), join(to, '.bin/tsc'));
  symlinkSync(join(from, 'pomelo-ts/dist/bundle/main.js'), join(to, '.bin/pomelo-ts'));
}

it.each([
  ['chat', 'ts'],
  ['arena', 'ts'],
  ['empty', 'ts'],
  ['chat', 'js'],
])('a new %s in %s checks itself before it was ever built', async (template, language) => {
  const { code, said } = await npmEnded(await newGame(template, language), 'run', 'check');
  expect(said).toContain('fine for development');
  expect(code).toBe(0);
});

it('the tests of a new game know the remotes of its servers', async () => {
  const game = await newGame('chat', 'ts');
  const misuse = `
import { startCluster } from '@pomelo-ts/core/testing';

await using game = await startCluster();
const { chat } = game.app('connector-1').rpc;
const names: string[] | null = await chat.chatRemote.add('lobby', 'lobby', 'ann*lobby', 'connector-1');
await chat.chatRemote.add('lobby', 'lobby', names?.length, 'connector-1'); // TS2345
await chat.chatRemote.ad('lobby', 'lobby', 'ann*lobby', 'connector-1'); // TS2339
chat.chatRemot; // TS2551
game.app('connector-1').rpc.chatt; // TS2551
`;
  writeFileSync(join(game, 'test/misuse.test.ts'), misuse);
  const { said } = await npmEnded(game, 'exec', '--', 'tsc', '-p', 'test', '--pretty', 'false');
  const found = [...said.matchAll(/^(\S+)\((\d+),\d+\): error (TS\d+)/gm)];
  expect(
    found.map(([, file, line, error]) => `${file}:${line} ${error}`),
    said,
  ).toEqual(markedLines('test/misuse.test.ts', misuse));
});
