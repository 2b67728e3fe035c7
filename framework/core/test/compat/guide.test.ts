import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { startOldGame } from './old-game.js';

const repository = fileURLToPath(new URL('../../../../', import.meta.url));
const guide = readFileSync(join(repository, 'docs/guides/migrating.md'), 'utf8');

/** The code blocks of the guide that begin with the name of their file, by that name. */
function filesOf(language: 'js' | 'ts'): Record<string, string> {
  const blocks = guide.matchAll(new RegExp(`^\`\`\`${language}\\n// (\\S+)\\n([\\s\\S]*?)^\`\`\`$`, 'gm'));
  return Object.fromEntries([...blocks].map(([, file, code]) => [file!, code!]));
}

/** What tsc makes of files, with the settings of a pinus app; by the names of what it makes. */
function compiled(files: Record<string, string>): Record<string, string> {
  const root = mkdtempSync(join(tmpdir(), 'pomelo-ts-guide-'));
  try {
    symlinkSync(join(repository, 'node_modules'), join(root, 'node_modules'));
    for (const [file, code] of Object.entries(files)) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), code);
    }
    const compilerOptions = {
      ...{ target: 'es2017', module: 'commonjs', moduleResolution: 'node', ignoreDeprecations: '6.0' },
      ...{ rootDir: '.', outDir: 'dist', strict: true, skipLibCheck: true, types: ['node'] },
    };
    writeFileSync(
      join(root, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, include: ['app.ts', 'app'] }),
    );
    execFileSync(process.execPath, [join(repository, 'node_modules/typescript6/bin/tsc'), '-p', root]);
    return Object.fromEntries(
      Object.keys(files)
        .map((file) => file.replace(/\.ts$/, '.js'))
        .map((file) => [file, readFileSync(join(root, 'dist', file), 'utf8')]),
    );
  } finally {
    rmSync(root, { recursive: true });
  }
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
    const folder = fileURLToPath(new URL('.', import.meta.url));
    const titles = readdirSync(folder)
      .filter((name) => name !== 'guide.test.ts')
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
