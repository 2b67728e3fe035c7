import { existsSync, readlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type DuplicateKey, duplicateKeys, type Place } from './duplicate-keys.js';
import { reasonOf } from './errors.js';
import { otherOwner, showOtherOwner } from './file-access.js';
import { messageOf, parseJson5, positionOf } from './json5.js';
import { readRegularFile } from './regular-file.js';

/** A configuration file as found on disk, before any check of its contents. */
export interface ConfigFile {
  /** Path relative to the game's root, for messages. */
  readonly file: string;
  /** The value for the environment: the sub-object under the environment's name when the file has one. */
  readonly value: unknown;
  /** Keys that lead from the file's top to `value`: `[env]` or `[]`. */
  readonly path: readonly string[];
  /** Keys that stand twice in what {@link value} was read from: only the last of each is in it. */
  readonly duplicates?: readonly DuplicateKey[];
}

/** One thing wrong in a configuration file. */
export interface ConfigProblem {
  readonly file: string;
  /** Where in the file, such as `connector[0].port` or `line 3, column 7`. */
  readonly path: string;
  /** What was expected, what came, where to mend it. */
  readonly message: string;
}

/** What {@link readConfigFile} found: a file, nothing, or a file that cannot be read. */
export type ConfigFound = { readonly found: ConfigFile } | { readonly problem: ConfigProblem } | undefined;

/**
 * Reads `config/<name>.json5` or `.json`, else `config/<env>/<name>.json5` or `.json`, as pomelo looks files up:
 * a file in `config/` with the environment's name among its top-level keys gives that part only.
 */
export function readConfigFile(root: string, name: string, env: string): ConfigFound {
  for (const directory of [join(root, 'config'), join(root, 'config', env)]) {
    for (const extension of ['.json5', '.json']) {
      const path = join(directory, name + extension);
      if (existsSync(path))
        return parse(path, relative(root, path), env, directory.endsWith(join('config', env)));
      const problem = danglingLink(root, path) ?? hidden(root, path);
      if (problem) return { problem };
    }
  }
  return undefined;
}

function parse(path: string, file: string, env: string, ofOneEnv: boolean): ConfigFound {
  let value: unknown;
  let text: string;
  try {
    text = readRegularFile(path);
  } catch (error) {
    return { problem: { file, path: '', message: whyUnread(path, error) } };
  }
  try {
    value = parseJson5(text);
  } catch (error) {
    return { problem: { file, path: positionOf(error), message: messageOf(error) } };
  }
  const byEnv = !ofOneEnv && typeof value === 'object' && value !== null && Object.hasOwn(value, env);
  const all = duplicateKeys(text);
  // What stands in the part of another environment is no concern of this one.
  const twice = byEnv ? all.filter(({ path: keys }) => keys.length === 1 || keys[0] === env) : all;
  const duplicates = twice.length > 0 ? { duplicates: twice } : {};
  return byEnv
    ? { found: { file, value: (value as Record<string, unknown>)[env], path: [env], ...duplicates } }
    : { found: { file, value, path: [], ...duplicates } };
}

function whyUnread(path: string, error: unknown): string {
  const other = otherOwner(path);
  return other ? `cannot be read: ${showOtherOwner(other)}` : reasonOf(error);
}

/** A folder that this user may not look into seems to have nothing in it. */
function hidden(root: string, path: string): ConfigProblem | undefined {
  const other = otherOwner(path);
  return (
    other && { file: relative(root, path), path: '', message: `cannot be read: ${showOtherOwner(other)}` }
  );
}

/** What stands where a configuration file should and leads nowhere, if something does: a link to what is not there. */
function danglingLink(root: string, path: string): ConfigProblem | undefined {
  try {
    const target = readlinkSync(path);
    return { file: relative(root, path), path: '', message: `it is a link to ${target}, which is not there` };
  } catch {
    return undefined; // there is nothing, or no link
  }
}

/** A duplicate as a problem says it. */
export function showDuplicate({ places }: DuplicateKey): string {
  const shown = ({ line, column }: Place) => `line ${line}, column ${column}`;
  return `this key is there ${places.length === 2 ? 'twice' : `${places.length} times`}, ${places.map(shown).join(', and ')}: expected it once, as only the last one would count`;
}
