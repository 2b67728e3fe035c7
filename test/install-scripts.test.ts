import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

/* npm warns of every package with an install script of which the package.json says neither yes nor no. */

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (file: string) => JSON.parse(readFileSync(join(root, file), 'utf8'));

interface Locked {
  readonly hasInstallScript?: boolean;
  readonly dev?: boolean;
}

const locked = Object.entries(read('package-lock.json').packages as Record<string, Locked>)
  .filter(([, { hasInstallScript }]) => hasInstallScript)
  .map(([path, { dev = false }]) => ({ name: path.replace(/^.*node_modules\//, ''), dev }));
const refused = (names: readonly string[]) =>
  Object.fromEntries([...names].sort().map((name) => [name, false]));

describe('install scripts of libraries, none of which is needed', () => {
  it('are refused by this repository, each by its name', () => {
    expect(read('package.json').allowScripts).toEqual(refused(locked.map(({ name }) => name)));
  });

  it.each([true, false])('are refused by a new game, with a page: %s', async (hasPage) => {
    const { manifestOf } = (await import(new URL('../bin/templates/manifest.mjs', import.meta.url).href)) as {
      manifestOf(root: string, template: object): { readonly allowScripts: object };
    };
    const { allowScripts } = manifestOf(root, { language: 'ts', hasPage, hasRobot: false });
    const ofFramework = locked.filter(({ dev }) => !dev).map(({ name }) => name);
    expect(allowScripts).toEqual(refused([...ofFramework, ...(hasPage ? ['esbuild'] : [])]));
  });
});
