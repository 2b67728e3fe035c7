import { existsSync, readdirSync } from 'node:fs';
import { basename, extname, join } from 'node:path';

/** A module of Node's, of either kind. */
const moduleEnding = /\.[cm]?js$/;
/** What lies beside modules and is none, for good. */
const beside = /^\.|\.(?:d\.[cm]?ts|map|json5?|md|txt|tsbuildinfo)$/;
const typeScript = /\.[cm]?tsx?$/;

/** A file of the game that is not loaded although it lies where code does. */
export interface PassedOver {
  readonly file: string;
  readonly reason: string;
}

/** The modules in a folder, in the order of their names, and what else lies there. */
export interface ModuleFolder {
  readonly files: readonly string[];
  readonly passedOver: readonly PassedOver[];
}

/** The folders that a server type may have. */
const serviceFolders = ['handler', 'remote', 'cron', 'filter'] as const;

/** Looks at a folder; one that is not there is empty. Of two modules of one name `.js` comes before `.mjs` and `.cjs`. */
export function readModules(folder: string): ModuleFolder {
  if (!existsSync(folder)) return { files: [], passedOver: [] };
  const entries = readdirSync(folder, { withFileTypes: true });
  const names = entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
  const modules = names.filter((name) => moduleEnding.test(name)).sort(byNameAndEnding);
  const byName = new Map<string, string>();
  const passedOver: PassedOver[] = [];
  const pass = (name: string, reason: string) => passedOver.push({ file: join(folder, name), reason });
  for (const name of modules) {
    const taken = byName.get(nameOf(name));
    if (taken === undefined) byName.set(nameOf(name), name);
    else pass(name, `${taken} beside it has the same name`);
  }
  for (const name of names) {
    if (moduleEnding.test(name) || beside.test(name)) continue;
    if (!typeScript.test(name)) pass(name, 'expected a file that ends in .js, .mjs or .cjs');
    else if (!byName.has(name.replace(typeScript, '')))
      pass(name, 'it is TypeScript that nobody has compiled: run npm run build');
  }
  for (const entry of entries) {
    if (!entry.isDirectory() || entry.name.startsWith('.') || !holdsModules(join(folder, entry.name)))
      continue;
    pass(entry.name, 'files in folders inside this one are not looked for');
  }
  return { files: [...byName.values()].map((name) => join(folder, name)), passedOver };
}

/** The modules in a folder, sorted; none when there is no such folder. */
export function moduleFiles(folder: string): string[] {
  return [...readModules(folder).files];
}

/** The modules in a folder of a server type, sorted. */
export function serviceFiles(appDir: string, serverType: string, kind: string): string[] {
  return moduleFiles(join(typeFolder(appDir, serverType), kind));
}

/** The module with the hooks of a server type; undefined when it has none. */
export function hooksFileOf(appDir: string, serverType: string): string | undefined {
  const folder = typeFolder(appDir, serverType);
  return ['lifecycle.js', 'lifecycle.mjs', 'lifecycle.cjs']
    .map((name) => join(folder, name))
    .find((file) => existsSync(file));
}

/** What of a server type is not loaded although it looks like code of the game. */
export function passedOverOf(appDir: string, serverType: string): PassedOver[] {
  const folder = typeFolder(appDir, serverType);
  if (!existsSync(folder)) return [];
  const found = serviceFolders.flatMap((kind) => readModules(join(folder, kind)).passedOver);
  for (const { name } of readdirSync(folder, { withFileTypes: true })) {
    const file = join(folder, name);
    const meant = serviceFolders.find(
      (kind) => name !== kind && name.toLowerCase().replace(/s$/, '') === kind,
    );
    if (meant && holdsModules(file)) found.push({ file, reason: `expected the folder ${meant}` });
    else if (/^lifecycle\.[cm]?ts$/.test(name) && !hooksFileOf(appDir, serverType))
      found.push({ file, reason: 'it is TypeScript that nobody has compiled: run npm run build' });
  }
  return found;
}

/** The name of a service: that of its file. */
export function nameOf(file: string): string {
  return basename(file).replace(moduleEnding, '');
}

function typeFolder(appDir: string, serverType: string): string {
  return join(appDir, 'app', 'servers', serverType);
}

function holdsModules(folder: string): boolean {
  try {
    return readdirSync(folder).some((name) => moduleEnding.test(name) || typeScript.test(name));
  } catch {
    return false; // no folder
  }
}

const endings = ['.js', '.mjs', '.cjs'];

function byNameAndEnding(a: string, b: string): number {
  if (nameOf(a) !== nameOf(b)) return nameOf(a) < nameOf(b) ? -1 : 1;
  return endings.indexOf(extname(a)) - endings.indexOf(extname(b));
}
