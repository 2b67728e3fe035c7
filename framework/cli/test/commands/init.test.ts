import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readJson5 } from '@pomelo-ts/common/config';
import { describe, expect, it, onTestFinished } from 'vitest';
import { main } from '../../src/cli.js';

const repository = fileURLToPath(new URL('../../../../', import.meta.url));

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'pomelo-ts-init-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** Runs `pomelo-ts init` in `folder`; with answers, for somebody who gives these and then gives up. */
async function init(folder: string, args: readonly string[], answers?: readonly string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const asked: string[] = [];
  const left = [...(answers ?? [])];
  const ask = async (question: string): Promise<string | undefined> => {
    asked.push(question);
    return left.shift();
  };
  const terminal = {
    out: (text: string) => out.push(text),
    err: (text: string) => err.push(text),
    live: false,
    colours: false,
    ...(answers && { ask }),
  };
  const code = await main(['init', ...args, '--directory', folder], terminal);
  return { code, out: out.join('\n'), err: err.join('\n'), asked };
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}

const games = ['chat', 'arena', 'empty'].flatMap((template) =>
  ['ts', 'js'].map((language) => [template, language] as const),
);

describe('pomelo-ts init', () => {
  it('makes the chat in TypeScript when nothing else is said and nobody can be asked, and tells how to go on', async () => {
    const folder = newFolder();
    const { code, out, err } = await init(folder, ['my-game']);
    expect([code, err]).toEqual([0, '']);
    const game = join(folder, 'my-game');
    expect(out).toBe(
      [
        `made my-game (chat, TypeScript, ${filesIn(game).length} files)`,
        `its packages are those of the clone in ${repository}`,
        '',
        `  cd ${relative(process.cwd(), game)}`,
        '  npm install',
        '  npm run dev     what you save is live, then open http://127.0.0.1:3014/ in two windows',
        '  npm test',
        '',
        'README.md says what each folder is.',
      ].join('\n'),
    );
    expect(JSON.parse(readFileSync(join(game, 'package.json'), 'utf8'))).toMatchObject({
      name: 'my-game',
      private: true,
      'pomelo-ts': { app: 'dist' },
      scripts: expect.objectContaining({ start: expect.any(String), dev: 'pomelo-ts dev' }),
    });
    expect(readFileSync(join(game, 'README.md'), 'utf8')).toMatch(/^# my-game\n\nA chat in rooms/);
  });

  it('takes the packages of the clone that it is run from, and everything else from the registry', async () => {
    const folder = newFolder();
    expect((await init(folder, ['some/where/my-game', '--force'])).code).toBe(0);
    const game = join(folder, 'some/where/my-game');
    const { dependencies, devDependencies } = JSON.parse(
      readFileSync(join(game, 'package.json'), 'utf8'),
    ) as Record<string, Record<string, string>>;
    const all = Object.entries({ ...dependencies, ...devDependencies });
    const [linked, others] = [
      all.filter(([, from]) => from.startsWith('file:')),
      all.filter(([, from]) => /^\d/.test(from)),
    ];
    expect(linked.map(([name]) => name).sort()).toEqual([
      '@pomelo-ts/client',
      '@pomelo-ts/core',
      '@pomelo-ts/dev',
      'pomelo-ts',
    ]);
    expect(linked.length + others.length).toBe(all.length);
    for (const [name, from] of linked) {
      const manifest = readFileSync(join(game, from.slice('file:'.length), 'package.json'), 'utf8');
      expect(JSON.parse(manifest)).toMatchObject({ name });
    }
  });

  it.each(games)('makes a %s in %s that has its own parts alone', async (template, language) => {
    const folder = newFolder();
    const { code } = await init(folder, ['a-game', '--template', template, '--language', language]);
    expect(code).toBe(0);
    const files = filesIn(join(folder, 'a-game'));
    const texts = files.map((file) => readFileSync(join(folder, 'a-game', file), 'utf8'));
    expect(texts.filter((text) => /#(end)?region|\{\{|game-server/.test(text))).toEqual([]);
    if (template !== 'arena') {
      expect(files.filter((file) => /arena/i.test(file))).toEqual([]);
      expect(texts.filter((text) => /arena/i.test(text))).toEqual([]);
    }
    const other = language === 'js' ? /(?<!\.d)\.ts$|tsconfig/ : /\.js$/;
    expect(files.filter((file) => other.test(file))).toEqual([]);
    expect(files.filter((file) => file.endsWith(`.test.${language}`))).not.toEqual([]);
  });

  it.each(games)('wires an editor schema to every config file of a %s in %s', async (template, language) => {
    const folder = newFolder();
    await init(folder, ['a-game', '--template', template, '--language', language]);
    const config = join(folder, 'a-game/config');
    const { 'json.schemas': wired } = JSON.parse(
      readFileSync(join(folder, 'a-game/.vscode/settings.json'), 'utf8'),
    ) as { 'json.schemas': { fileMatch: string[]; url: string }[] };
    for (const file of readdirSync(config).filter((name) => name.endsWith('.json5'))) {
      const value = readJson5(join(config, file)) as { $schema?: string };
      const byPlace = wired.find(({ fileMatch }) => fileMatch.includes(`config/**/${file}`))?.url;
      const schema = value.$schema ?? byPlace?.replace('./', '../');
      const [, name] = /^\.\.\/node_modules\/pomelo-ts\/schema\/(\w+\.json)$/.exec(schema ?? '') ?? [];
      expect(existsSync(join(repository, 'framework/cli/schema', name ?? 'none')), file).toBe(true);
    }
  });

  it('asks for what was not said, and again after an answer that is no choice', async () => {
    const folder = newFolder();
    const { code, out, asked } = await init(folder, [], ['  tag-game ', 'arean', 'arena', '']);
    expect(code).toBe(0);
    expect(asked).toEqual([
      'folder of the game (my-game): ',
      'template (chat): ',
      'template (chat): ',
      'language (ts): ',
    ]);
    expect(out).toContain('  chat   a chat in rooms');
    expect(out).toContain('There is no template arean.');
    expect(out).toContain('made tag-game (arena, TypeScript');
    expect((await init(folder, ['b', '--template', 'empty', '--language', 'js'], [])).asked).toEqual([]);
  });

  it('makes nothing when the one who is asked gives up', async () => {
    const folder = newFolder();
    for (const answers of [[], [''], ['', 'chat']])
      expect(await init(folder, [], answers)).toMatchObject({ code: 130, err: 'nothing was made' });
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([
    [['My Game'], 'My Game cannot be the name of a game: npm wants', 'such as my-game.'],
    [['.hidden'], '.hidden cannot be the name of a game', 'such as hidden.'],
    [['游戏'], '游戏 cannot be the name of a game', 'beginning with a letter or digit.'],
    [['x'.repeat(215)], 'npm wants at most 214 characters', ''],
    [['vitest'], 'that is the name of something it uses', ''],
    [['full'], 'full is not an empty folder: it has a, b, c and 1 more. Choose another one', '--force'],
    [['file'], 'file is not an empty folder: it is a file.', ''],
    [['g', '--template', 'chta'], 'There is no template chta. Did you mean chat?', ''],
    [['g', '--template', 'toString'], 'There is no template toString. Known are chat, arena, empty.', ''],
    [['g', '--language', 'rust'], 'There is no language rust. Known are ts, js.', ''],
    [[], 'Expected the folder of the new game, such as my-game.', ''],
    [['g', 'h'], 'Unknown argument: h', ''],
  ])('refuses %j', async (args, message, more) => {
    const folder = newFolder();
    mkdirSync(join(folder, 'full'));
    for (const name of ['a', 'b', 'c', 'd']) writeFileSync(join(folder, 'full', name), '');
    writeFileSync(join(folder, 'file'), '');
    const { code, err } = await init(folder, args);
    expect(err).toContain(message);
    expect(err).toContain(more);
    expect(code).toBe(2);
    expect(readdirSync(folder).sort()).toEqual(['file', 'full']);
    expect(readdirSync(join(folder, 'full'))).toHaveLength(4);
  });

  it('writes into a folder that is not empty when told, and into one that has only been put under git', async () => {
    const folder = newFolder();
    mkdirSync(join(folder, 'game/.git'), { recursive: true });
    expect((await init(folder, ['game'])).code).toBe(0);
    writeFileSync(join(folder, 'game/mine.txt'), 'mine');
    writeFileSync(join(folder, 'game/app.ts'), 'changed');
    expect((await init(folder, ['game'])).code).toBe(2);
    expect((await init(folder, ['game', '--force'])).code).toBe(0);
    expect(readFileSync(join(folder, 'game/mine.txt'), 'utf8')).toBe('mine');
    expect(readFileSync(join(folder, 'game/app.ts'), 'utf8')).toContain('defineApp');
  });
});
