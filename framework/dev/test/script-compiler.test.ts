import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, expect, it } from 'vitest';
import { compileScript } from '../src/script-compiler.js';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** A package with these files. */
function packageOf(files: Readonly<Record<string, string>>): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'pomelo-ts-script-')));
  folders.push(root);
  for (const [name, text] of Object.entries({ 'package.json': '{"type":"module"}', ...files })) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return root;
}

const load = async (file: string) => (await import(pathToFileURL(file).href)) as Record<string, unknown>;

it('compiles a script with what it imports of its own, in TypeScript, JavaScript and JSON, by any name', async () => {
  const root = packageOf({
    'robot/main.ts': `
      import { one } from './one.js';
      import { two } from './two';
      import { three } from '../lib/index.ts';
      import { four } from './four.mjs';
      import data from './five.json' with { type: 'json' };
      import type { Nothing } from './only-types.js';
      export * from './six.js';
      export const sum: number = one + two + three + four + data.five;
      export const later = async (): Promise<number> => (await import('./one.js')).one;
      export type { Nothing };`,
    'robot/one.ts': 'export const one: number = 1;',
    'robot/two.ts': 'export const two: number = 2;',
    'lib/index.ts': `import { one } from '../robot/one.js'; export const three: number = 2 + one;`,
    'robot/four.mjs': 'export const four = 4;',
    'robot/five.json': '{"five": 5}',
    'robot/six.ts': 'export enum Six { six = 6 }',
  });
  const { file, problems } = compileScript(join(root, 'robot/main.ts'));
  expect(problems).toEqual([]);
  expect(file.startsWith(join(root, 'node_modules', '.cache', 'pomelo-ts'))).toBe(true);
  const module = await load(file);
  expect(module['sum']).toBe(15);
  expect(module['Six']).toEqual({ 6: 'six', six: 6 });
  expect(await (module['later'] as () => Promise<number>)()).toBe(1);
});

it('finds the libraries of the package, and its own place where it asks for that', async () => {
  const root = packageOf({
    'deep/er/main.ts': `
      import { name } from 'some-library';
      export const found: string = name;
      export const here = [import.meta.url, import.meta.filename, import.meta.dirname];`,
    'node_modules/some-library/package.json': '{"type":"module","exports":"./index.js"}',
    'node_modules/some-library/index.js': `export const name = 'it';`,
  });
  const script = join(root, 'deep/er/main.ts');
  const module = await load(compileScript(script).file);
  expect(module['found']).toBe('it');
  expect(module['here']).toEqual([pathToFileURL(script).href, script, dirname(script)]);
});

it('keeps two files of one name in two folders apart', async () => {
  const root = packageOf({
    'a/main.ts': `export { x } from './x.js'; export { x as y } from '../b/x.js';`,
    'a/x.ts': `export const x = 'a';`,
    'b/x.ts': `export const x = 'b';`,
  });
  expect({ ...(await load(compileScript(join(root, 'a/main.ts')).file)) }).toEqual({ x: 'a', y: 'b' });
});

it('tells of what is no TypeScript with file, line and column, also in what is imported', () => {
  const root = packageOf({
    'main.ts': `import './other.js';\nexport default 1;`,
    'other.ts': 'export const a = 1;\nexport const = 2;',
  });
  const { problems } = compileScript(join(root, 'main.ts'));
  expect(problems.map(String)[0]).toMatch(/other\.ts:2:14: /);
});
