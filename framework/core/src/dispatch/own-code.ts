import { existsSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { sep } from 'node:path';

/** What Node keeps of CommonJS modules, by file. */
type RequireCache = Record<string, NodeJS.Module | undefined>;

const cache: RequireCache = createRequire(import.meta.url).cache;

/** The cached CommonJS modules of the game itself, those of its `node_modules` not. */
export function ownCode(root: string): Map<string, NodeJS.Module> {
  const folder = realpathSync(root) + sep;
  const own = Object.entries(cache).filter(
    ([file]) => file.startsWith(folder) && !file.includes(`${sep}node_modules${sep}`),
  );
  return new Map(own as [string, NodeJS.Module][]);
}

/** Has Node evaluate a module anew when it is a CommonJS one: those it keeps by their path, whatever query they are asked for with. */
export function forgetModule(file: string): void {
  delete cache[existsSync(file) ? realpathSync(file) : file];
}

/** Has Node evaluate the game's own CommonJS modules anew. */
export function forgetCode(root: string): void {
  for (const file of ownCode(root).keys()) delete cache[file];
}

/** Has Node take these modules for the game's own, and no others. */
export function useCode(root: string, code: ReadonlyMap<string, NodeJS.Module>): void {
  forgetCode(root);
  for (const [file, module] of code) cache[file] = module;
}
