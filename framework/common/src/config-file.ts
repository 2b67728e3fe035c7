import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import JSON5 from 'json5';
import { PomeloError, reasonOf } from './errors.js';

/** A configuration file as found on disk, before any check of its contents. */
export interface ConfigFile {
  /** Path relative to the game's root, for messages. */
  readonly file: string;
  /** The value for the environment: the sub-object under the environment's name when the file has one. */
  readonly value: unknown;
  /** Keys that lead from the file's top to `value`: `[env]` or `[]`. */
  readonly path: readonly string[];
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
    }
  }
  return undefined;
}

/**
 * The value in a file of JSON5.
 * @throws SyntaxError, or the error of reading it
 */
export function readJson5(path: string): unknown {
  return JSON5.parse(readFileSync(path, 'utf8'));
}

/**
 * The value of a text of JSON5.
 * @throws SyntaxError
 */
export function parseJson5(text: string): unknown {
  return JSON5.parse(text);
}

/**
 * The value of a JSON file that other programs read too, such as package.json. A byte order mark, which some editors put
 * there, is passed over, as Node and npm do.
 *
 * @param name how messages name the file
 * @throws CONFIG_INVALID that names the file and the line of what is no JSON; or the error of reading it
 */
export function readJson(path: string, name: string = path): unknown {
  return parseJson(readFileSync(path, 'utf8'), name);
}

/**
 * The value of a text of JSON that was read from the file `name`; see {@link readJson}.
 * @throws CONFIG_INVALID
 */
export function parseJson(text: string, name: string): unknown {
  const json = text.startsWith('\ufeff') ? text.slice(1) : text;
  try {
    return JSON.parse(json);
  } catch (error) {
    const problems = `  ${name}: ${whatIsNoJson(json, error)}`;
    throw new PomeloError('CONFIG_INVALID', { count: 1, problems }, { cause: error });
  }
}

/** JSON5's reader names the place; what it takes and JSON does not is in V8's words, which name none. */
function whatIsNoJson(json: string, fault: unknown): string {
  try {
    JSON5.parse(json);
    return `not valid JSON: ${reasonOf(fault)}`;
  } catch (error) {
    return `${positionOf(error)}: ${messageOf(error).replace('JSON5', 'JSON')}`;
  }
}

function parse(path: string, file: string, env: string, ofOneEnv: boolean): ConfigFound {
  let value: unknown;
  try {
    value = readJson5(path);
  } catch (error) {
    return { problem: { file, path: positionOf(error), message: messageOf(error) } };
  }
  const byEnv = !ofOneEnv && typeof value === 'object' && value !== null && Object.hasOwn(value, env);
  return byEnv
    ? { found: { file, value: (value as Record<string, unknown>)[env], path: [env] } }
    : { found: { file, value, path: [] } };
}

function positionOf(error: unknown): string {
  const { lineNumber, columnNumber } = error as { lineNumber?: number; columnNumber?: number };
  return lineNumber === undefined ? '' : `line ${lineNumber}, column ${columnNumber}`;
}

function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return `not valid JSON5: ${text.replace(/^JSON5: /, '').replace(/ at \d+:\d+$/, '')}`;
}
