import { resolve } from 'node:path';
import { reasonOf } from '@pomelo-ts/common';
import { type ConfigFile, readConfigFile } from '@pomelo-ts/common/config';
import { z } from 'zod';
import type { ClusterConfig, JsonObject } from '../settings-types.js';
import { resolveAppDir } from './app-dir.js';
import { text } from './fields.js';
import { masterSchema } from './master-schema.js';
import { Problems } from './problems.js';
import { settingsSchema } from './settings-schema.js';
import { readTopology } from './topology.js';
import { checkFolders, checkTopology } from './topology-checks.js';

/** What {@link loadClusterConfig} reads. */
export interface LoadOptions {
  /** The game's root: the folder that holds `config/`. */
  readonly root: string;
  /** Environment, such as `development` or `production`. */
  readonly env: string;
  /** Folder of the compiled app. @default what {@link resolveAppDir} finds */
  readonly appDir?: string;
}

/** The values of all files for one environment, before any check. */
export interface ConfigFiles {
  readonly servers: ConfigFile | undefined;
  readonly master: ConfigFile | undefined;
  readonly settings: ConfigFile | undefined;
  readonly dictionary: ConfigFile | undefined;
  readonly clientProtos: ConfigFile | undefined;
  readonly serverProtos: ConfigFile | undefined;
}

const fileNames = ['servers', 'master', 'settings', 'dictionary', 'clientProtos', 'serverProtos'] as const;

/** Reads all files; the unreadable ones become problems. */
export function readFiles(root: string, env: string, problems: Problems): ConfigFiles {
  const entries = fileNames.map((name) => {
    const result = readConfigFile(root, name, env);
    if (result && 'problem' in result) problems.list.push(result.problem);
    else if (name === 'servers' && !result) problems.add('config/servers.json5', '', missingServers(env));
    return [name, result && 'found' in result ? result.found : undefined];
  });
  return Object.fromEntries(entries) as unknown as ConfigFiles;
}

const missingServers = (env: string) =>
  `expected the topology here, or in config/servers.json, config/${env}/servers.json5 or config/${env}/servers.json`;

/**
 * Reads and checks the configuration of a game for one environment.
 *
 * @throws CONFIG_INVALID with one line for each thing that is wrong, in all files.
 * @example const config = loadClusterConfig({ root: process.cwd(), env: 'production' });
 */
export function loadClusterConfig(options: LoadOptions): ClusterConfig {
  const root = resolve(options.root);
  const { env } = options;
  const problems = new Problems();
  const appDir = findAppDir(root, options.appDir, problems);
  const files = readFiles(root, env, problems);
  const master = parseFile(masterSchema, files.master, 'config/master.json5', {}, problems);
  const settings = parseFile(settingsSchema(env), files.settings, 'config/settings.json5', {}, problems);
  const placed = files.servers ? readTopology(files.servers, env, problems) : [];
  if (files.servers) {
    checkTopology(files.servers.file, placed, master, problems);
    if (appDir) checkFolders(files.servers.file, placed, root, appDir, problems);
  }
  const dictionary = parseFile(dictionarySchema, files.dictionary, 'config/dictionary.json', [], problems);
  const [clientProtos, serverProtos] = (['clientProtos', 'serverProtos'] as const).map((name) =>
    parseFile(protosSchema, files[name], `config/${name}.json`, null, problems),
  );
  problems.throwIfAny();
  return {
    root,
    env,
    appDir: appDir!,
    master: master!,
    servers: placed.map(({ server }) => server),
    settings: settings!,
    dictionary: dictionary!,
    clientProtos: clientProtos as JsonObject | null,
    serverProtos: serverProtos as JsonObject | null,
  };
}

const dictionaryExpected = 'a list of routes, each a text';

/** pomelo's own template has an empty object here, which adds nothing. */
const dictionarySchema = z.preprocess(
  (value) => (isEmptyObject(value) ? [] : value),
  z.array(text('a route'), { error: dictionaryExpected }),
);

const protosSchema = z.record(z.string(), z.unknown(), { error: 'an object of messages' }).nullable();

function parseFile<S extends z.ZodType>(
  schema: S,
  found: ConfigFile | undefined,
  file: string,
  otherwise: unknown,
  problems: Problems,
): z.output<S> | undefined {
  return problems.parse(schema, found ? found.value : otherwise, found?.file ?? file, found?.path);
}

function isEmptyObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function findAppDir(root: string, given: string | undefined, problems: Problems): string | undefined {
  if (given !== undefined) return resolve(root, given);
  try {
    return resolveAppDir(root);
  } catch (error) {
    problems.add('package.json', 'pomelo-ts.app', reasonOf(error));
    return undefined;
  }
}
