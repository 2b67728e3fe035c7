import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { appDirOf } from '@pomelo-ts/cluster/config';
import { PomeloError } from '@pomelo-ts/common';
import type { ts } from './compiler.js';
import { readTsconfig } from './tsconfig.js';

/** A source file of a handler or remote. */
export interface ServiceFile {
  readonly serverType: string;
  readonly kind: 'handler' | 'remote';
  /** The name in the route: the file's without its ending. */
  readonly name: string;
  readonly path: string;
}

/** Where the parts of a game's sources are. */
export interface GameLayout {
  /** The game's root, which has `config/`. */
  readonly root: string;
  /** The folder whose `app/` has the sources; the app's own where it is not compiled. */
  readonly sourceDir: string;
  /** What the game is compiled with; undefined when it has no tsconfig.json. */
  readonly tsconfig: string | undefined;
  /** In the order of their paths. */
  readonly services: readonly ServiceFile[];
  /** The file with the interfaces `Pushes` and `Errors`; undefined when there is none. */
  readonly contractFile: string | undefined;
}

const sourceEndings = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs'];

/**
 * Finds the sources of the game at `root`: those that tsconfig.json's `rootDir` and `outDir` say the app was compiled from,
 * else the app itself.
 *
 * @throws CONFIG_MISSING when there is no folder of servers
 */
export function findLayout(root: string): GameLayout {
  const appDir = appDirOf(root);
  const compiled = compiledFrom(appDir, root);
  const sourceDir = compiled?.sourceDir ?? appDir;
  const servers = join(sourceDir, 'app', 'servers');
  if (!existsSync(servers)) {
    throw new PomeloError('CONFIG_MISSING', {
      file: 'app/servers',
      directory: relative(root, sourceDir) || root,
      cure: 'Name the folder of the compiled app in package.json as "pomelo-ts": { "app": "…" }; tsconfig.json beside it leads to its sources.',
    });
  }
  return {
    root,
    sourceDir,
    tsconfig: compiled?.tsconfig ?? nearestConfig(sourceDir, root),
    services: servicesOf(servers),
    contractFile: sourceEndings
      .concat('.d.ts')
      .map((ending) => join(sourceDir, 'app', `contract${ending}`))
      .find(existsSync),
  };
}

/** The folder that `appDir` is compiled from, and by which tsconfig.json; undefined when the sources lie in it. */
function compiledFrom(appDir: string, root: string): { sourceDir: string; tsconfig: string } | undefined {
  for (const folder of foldersUp(appDir, root)) {
    const tsconfig = join(folder, 'tsconfig.json');
    if (!existsSync(tsconfig)) continue;
    const { outDir, rootDir } = optionsOf(root, tsconfig);
    if (outDir === undefined) continue;
    const inside = relative(outDir, appDir);
    if (inside.startsWith('..')) continue;
    const sourceDir = join(rootDir ?? folder, inside);
    if (sourceDir !== appDir && existsSync(join(sourceDir, 'app', 'servers'))) return { sourceDir, tsconfig };
  }
  return undefined;
}

function optionsOf(root: string, tsconfig: string): ts.CompilerOptions {
  // Without files, as only the options are wanted.
  return readTsconfig(root, tsconfig, { files: [], include: [] }).options;
}

function nearestConfig(from: string, root: string): string | undefined {
  return foldersUp(from, root)
    .flatMap((folder) => ['tsconfig.json', 'jsconfig.json'].map((name) => join(folder, name)))
    .find(existsSync);
}

/** `from` and the folders around it, up to the game's root. */
function foldersUp(from: string, root: string): string[] {
  const folders = [from];
  for (let at = from; at !== resolve(root) && dirname(at) !== at; at = dirname(at)) folders.push(dirname(at));
  return folders;
}

function servicesOf(servers: string): ServiceFile[] {
  return readdirSync(servers)
    .sort()
    .flatMap((serverType) =>
      (['handler', 'remote'] as const).flatMap((kind) => {
        const folder = join(servers, serverType, kind);
        return sourcesIn(folder).map((path) => ({ serverType, kind, name: nameOf(path), path }));
      }),
    );
}

/** The source files in a folder, of two with one name the one in TypeScript. */
function sourcesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter(
    (file) => sourceEndings.some((ending) => file.endsWith(ending)) && !/\.d\.[mc]?ts$/.test(file),
  );
  const byName = new Map<string, string>();
  const rank = (file: string) => sourceEndings.findIndex((ending) => file.endsWith(ending));
  for (const file of files.sort((one, other) => rank(one) - rank(other)))
    if (!byName.has(nameOf(file))) byName.set(nameOf(file), join(folder, file));
  return [...byName.values()].sort();
}

function nameOf(file: string): string {
  return basename(file).replace(/\.[mc]?[jt]s$/, '');
}
