import { execFile, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, parse, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Options with code that node loads before the script, and by which rules it looks for it. */
const modules: Readonly<Record<string, 'require' | 'import'>> = {
  '-r': 'require',
  '--require': 'require',
  '--import': 'import',
  '--loader': 'import',
  '--experimental-loader': 'import',
};
/** Options with a file that node reads before it runs anything. */
const files = ['--env-file', '--snapshot-blob', '--experimental-policy', '--experimental-config-file'];
/** Options with a file that node writes, and without whose folder it does not end. */
const written = ['--trace-event-file-pattern'];

/** How long node may take to look for a module, in ms: a machine may be busy. */
const answerMs = 10_000;

/** What is missing, as a text for a person, by the option as it was given. */
type Missing = ReadonlyMap<readonly string[], string>;
type Options = readonly (readonly string[])[];

/** The options among these words for node that name a file, each with its value where that is the next word. */
export function fileOptionsOf(args: readonly string[]): Options {
  return args.flatMap((word, index) => {
    const { name, value } = partsOf([word, ...args.slice(index + 1, index + 2)]);
    const namesFile = Object.hasOwn(modules, name) || files.includes(name) || written.includes(name);
    if (!namesFile || value === undefined) return [];
    return [word.includes('=') ? [word] : [word, value]];
  });
}

/**
 * What of the files that options name is not in the game's folder `root` or where it is looked for from there. Nothing of the game is run.
 */
export function missingFilesOf(options: Options, root: string): Missing {
  const look = lookFor(options, root);
  let step = look.next();
  while (!step.done) step = look.next(wasFound(spawnSync(...asking(step.value, root, answerMs))));
  return step.value;
}

/** As {@link missingFilesOf}, while other work goes on. What node has not told when no time is left (in ms) is taken to be there. */
export async function findMissingFiles(
  options: Options,
  root: string,
  timeLeft: () => number,
): Promise<Missing> {
  const look = lookFor(options, root);
  let step = look.next();
  while (!step.done) {
    const ms = Math.floor(timeLeft());
    step = look.next(ms <= 0 || (await isImportable(step.value, root, ms)));
  }
  return step.value;
}

/** Gives the names of modules that node alone can look for, and is told of each whether it was found. */
function* lookFor(options: Options, root: string): Generator<string, Missing, boolean> {
  const missing = new Map<readonly string[], string>();
  let hooked = false;
  for (const option of options) {
    const { name, value } = partsOf(option);
    if (value === undefined) continue;
    const kind = modules[name];
    const wanted =
      kind === undefined ? missingFile(name, value, root) : yield* missingModule(kind, value, root, hooked);
    if (kind !== undefined) hooked = true;
    if (wanted !== undefined) missing.set(option, `expected ${wanted}, got ${option.join(' ')}`);
  }
  return missing;
}

function partsOf([first = '', word]: readonly string[]): { name: string; value: string | undefined } {
  const [, name = '', given] = /^([^=]*)(?:=(.*))?$/s.exec(first) ?? [];
  return { name: name.replaceAll('_', '-'), value: given ?? word };
}

function missingFile(name: string, value: string, root: string): string | undefined {
  const path = resolve(root, value);
  if (files.includes(name)) return existsSync(path) ? undefined : `a file, which ${path} is not`;
  if (written.includes(name) && !existsSync(dirname(path)))
    return `a file in a folder that there is, which ${dirname(path)} is not`;
  return undefined;
}

/**
 * @param hooked whether code that was loaded before may have taught node to find more: endings that it does not know, or names of its own
 */
function* missingModule(
  kind: 'require' | 'import',
  value: string,
  root: string,
  hooked: boolean,
): Generator<string, string | undefined, boolean> {
  const path = pathOf(value, root);
  if (path !== undefined) {
    const found =
      (hooked && hasStem(path)) || (kind === 'import' ? existsSync(path) : isRequirable(value, root));
    return found ? undefined : `a module, which ${path} is not`;
  }
  if (hooked || (kind === 'require' ? isRequirable(value, root) : hasScheme(value) || (yield value)))
    return undefined;
  return `a module that is found from ${root}, which ${value} is not`;
}

/** The file that a specifier means; undefined where it is the name of a package, or code. */
function pathOf(value: string, root: string): string | undefined {
  if (/^file:/.test(value)) return URL.canParse(value) ? fileURLToPath(value) : undefined;
  return /^\.{0,2}\//.test(value) ? resolve(root, value) : undefined;
}

/** Whether there is a file of this name with whatever ending. */
function hasStem(path: string): boolean {
  const { dir, name } = parse(path);
  const names = existsSync(dir) ? readdirSync(dir) : [];
  return names.some((file) => file === basename(path) || file.startsWith(`${name}.`));
}

const hasScheme = (value: string): boolean => /^[a-z][a-z0-9+.-]+:/i.test(value);

function isRequirable(value: string, root: string): boolean {
  try {
    createRequire(join(root, 'package.json')).resolve(value);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND';
  }
}

/** How node itself is asked for a module that is imported: only there is the way from another folder than that of this one. */
function asking(value: string, root: string, timeout: number) {
  const ask = 'import.meta.resolve(process.argv[1], process.argv[2])';
  const args = ['--experimental-import-meta-resolve', '--input-type=module', '-e', ask, '--'];
  const from = pathToFileURL(join(root, 'package.json')).href;
  return [process.execPath, [...args, value, from], { encoding: 'utf8' as const, timeout }] as const;
}

/** One that node could not be asked for may be there. */
const wasFound = ({ status, stderr }: { readonly status: unknown; readonly stderr: string }): boolean =>
  status === 0 || typeof status !== 'number' || !stderr.includes('ERR_MODULE_NOT_FOUND');

function isImportable(value: string, root: string, withinMs: number): Promise<boolean> {
  return new Promise((resolve) =>
    execFile(...asking(value, root, withinMs), (error, _, stderr) =>
      resolve(wasFound({ status: error ? error.code : 0, stderr })),
    ),
  );
}
