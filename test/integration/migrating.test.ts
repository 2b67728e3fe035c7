import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { startOldGame } from '../../framework/compat/test/old-game.js';
import { filesOfPage, GuideGame } from '../helpers/guide-game.js';

const repository = fileURLToPath(new URL('../../', import.meta.url));
const page = 'docs/guides/migrating.md';
const guide = readFileSync(join(repository, page), 'utf8');

/** The files that the guide shows in one language. */
function filesOf(language: 'js' | 'ts'): Record<string, string> {
  return Object.fromEntries(
    Object.entries(filesOfPage(page)).filter(([file]) => file.endsWith(`.${language}`)),
  );
}

/** What tsc makes of files, with the settings of a pinus app; by the names of what it makes. */
function compiled(files: Record<string, string>): Record<string, string> {
  const compilerOptions = {
    ...{ target: 'es2017', module: 'commonjs', moduleResolution: 'node', ignoreDeprecations: '6.0' },
    ...{ rootDir: '.', outDir: 'dist', strict: true, skipLibCheck: true, types: ['node'] },
  };
  const tsconfig = JSON.stringify({ compilerOptions, include: ['app.ts', 'app'] });
  using game = new GuideGame({ ...files, 'package.json': '{}', 'tsconfig.json': tsconfig });
  execFileSync(process.execPath, [join(repository, 'node_modules/typescript6/bin/tsc'), '-p', game.root]);
  return Object.fromEntries(
    Object.keys(files)
      .map((file) => file.replace(/\.ts$/, '.js'))
      .map((file) => [file, readFileSync(join(game.root, 'dist', file), 'utf8')]),
  );
}

describe('docs/guides/migrating.md', () => {
  test.each(['js', 'ts'] as const)('shows an app that plays (%s)', async (language) => {
    const files = language === 'js' ? filesOf('js') : compiled(filesOf('ts'));
    const { 'app.js': source, ...modules } = files;
    expect(Object.keys(modules)).toHaveLength(2);
    await using game = await startOldGame({ source: source!, modules });
    const [ann, bob] = [await game.connect(), await game.connect()];
    const added: unknown[] = [];
    ann.on('onAdd', (push) => added.push(push));
    const enter = 'connector.entryHandler.enter';
    expect(await ann.request(enter, { username: 'ann' })).toEqual({ users: ['ann'] });
    expect(await bob.request(enter, { username: 'bob' })).toEqual({ users: ['ann', 'bob'] });
    await expect.poll(() => added).toMatchObject([{ user: 'bob' }]);
    expect(game.logged('warn')).toEqual([]);
  });

  test('lists every deliberate difference that the tests show, and no other', () => {
    const folder = join(repository, 'framework/compat/test');
    const titles = readdirSync(folder)
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .flatMap((source) => [...source.matchAll(/(['"])differs: (.*?)\1,/g)])
      .map((match) => match[2]!.replace(/:? \(?%s.*$/, ''));
    const listed = guide
      .slice(guide.indexOf('## What differs'))
      .split('\n')
      .filter((line) => /^\| (?!here \|)[^-]/.test(line))
      .map((line) => line.split(' | ')[0]!.slice(2));
    expect([...new Set(titles)].sort()).toEqual(listed.sort());
  });
});
