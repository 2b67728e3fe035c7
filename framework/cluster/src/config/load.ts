import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { reasonOf } from '@pomelo-ts/common';
import { type ConfigFile, readConfigFile, showDuplicate } from '@pomelo-ts/common/config';
import * as z from 'zod';
import { readBuildId } from '../build-id.js';
import type { ClusterConfig, JsonObject } from '../settings-types.js';
import { resolveAppDir } from './app-dir.js';
import { checkArgs } from './args-checks.js';
import { claimsOf, masterClaims } from './claims.js';
import { checkCrons } from './cron-checks.js';
import { cronsSchema } from './crons-schema.js';
import { text } from './fields.js';
import { masterSchema } from './master-schema.js';
import { Problems, show } from './problems.js';
import { checkDictionary, checkProtos } from './protos-checks.js';
import { settingsSchema } from './settings-schema.js';
import { readTopology } from './topology.js';
import {
  checkFolders,
  checkFrames,
  checkGate,
  checkGenerator,
  checkHosts,
  checkTopology,
} from './topology-checks.js';

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
  readonly crons: ConfigFile | undefined;
  readonly dictionary: ConfigFile | undefined;
  readonly clientProtos: ConfigFile | undefined;
  readonly serverProtos: ConfigFile | undefined;
}

/** The files of `config/` that are read, without their ending. */
export const fileNames = [
  'servers',
  'master',
  'settings',
  'crons',
  'dictionary',
  'clientProtos',
  'serverProtos',
] as const;

/** Reads all files; the unreadable ones become problems. */
export function readFiles(root: string, env: string, problems: Problems): ConfigFiles {
  const entries = fileNames.map((name) => {
    if (isAmbiguous(root, name, env, problems)) return [name, undefined];
    const result = readConfigFile(root, name, env);
    if (result && 'problem' in result) problems.list.push(result.problem);
    else if (name === 'servers' && !result) problems.add('config/servers.json5', '', missingServers(env));
    if (!result || 'problem' in result) return [name, undefined];
    for (const duplicate of result.found.duplicates ?? [])
      problems.add(result.found.file, duplicate.path, showDuplicate(duplicate));
    return [name, withoutSchema(result.found, problems)];
  });
  return Object.fromEntries(entries) as unknown as ConfigFiles;
}

/** Whether no single file is there to be read: two forms of it lie side by side, or a folder has its name. */
function isAmbiguous(root: string, name: string, env: string, problems: Problems): boolean {
  for (const directory of ['config', `config/${env}`]) {
    const there = ['.json5', '.json']
      .map((extension) => `${directory}/${name}${extension}`)
      .filter((file) => existsSync(join(root, file)));
    const folder = there.find((file) => statSync(join(root, file)).isDirectory());
    if (folder) problems.add(folder, '', 'expected a file, got a folder');
    else if (there.length > 1)
      problems.add(there[0]!, '', `${there[1]} is there as well; expected one of the two`);
    if (there.length > 0) return folder !== undefined || there.length > 1;
  }
  return false;
}

/** The file without its `$schema`, which is for editors. */
function withoutSchema(found: ConfigFile, problems: Problems): ConfigFile {
  const { value } = found;
  if (typeof value !== 'object' || value === null || !('$schema' in value) || Array.isArray(value))
    return found;
  const { $schema, ...rest } = value;
  if (typeof $schema !== 'string')
    problems.add(found.file, [...found.path, '$schema'], `expected a text, got ${show($schema)}`);
  return { ...found, value: rest };
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
  const settingsOfEnv = settingsSchema(env);
  const problems = new Problems(
    new Map<string, z.ZodType>([
      ['config/master.json5', masterSchema],
      ['config/settings.json5', settingsOfEnv],
    ]),
  );
  const appDir = findAppDir(root, options.appDir, problems);
  if (appDir) checkBuildId(root, problems); // else package.json may be no JSON, which was told
  const files = readFiles(root, env, problems);
  const master = parseFile(masterSchema, files.master, 'config/master.json5', {}, problems);
  const settings = parseFile(settingsOfEnv, files.settings, 'config/settings.json5', {}, problems);
  checkFrames(files.settings, settings, problems);
  const placed = files.servers ? readTopology(files.servers, env, problems) : [];
  if (files.servers) {
    const claims = claimsOf(placed, files.servers);
    checkTopology(files.servers.file, placed, claims, masterClaims(master, files.master), problems);
    checkHosts(files.master, placed, master, problems);
    checkGate(files.settings, placed, settings, problems);
    checkGenerator(files.settings, placed, settings, problems);
    checkArgs(files.servers.file, placed, { root, master }, problems);
    if (appDir) checkFolders(files.servers.file, placed, root, appDir, problems);
  }
  const servers = placed.map(({ server }) => server);
  const crons = parseFile(cronsSchema, files.crons, 'config/crons.json5', {}, problems) ?? {};
  if (files.crons && servers.length > 0)
    checkCrons(files.crons.file, files.crons.path, crons, servers, problems);
  const dictionary = parseFile(dictionarySchema, files.dictionary, 'config/dictionary.json', [], problems);
  const [clientProtos, serverProtos] = (['clientProtos', 'serverProtos'] as const).map((name) =>
    parseFile(protosSchema, files[name], `config/${name}.json`, null, problems),
  );
  if (dictionary) checkDictionary(files.dictionary, dictionary, problems);
  // Servers do not read them where they are not used.
  if (settings?.client.protobuf !== false)
    for (const name of ['clientProtos', 'serverProtos'] as const) checkProtos(files[name], problems);
  problems.throwIfAny();
  return {
    root,
    env,
    appDir: appDir!,
    master: master!,
    servers,
    settings: settings!,
    crons,
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

/** Checks that the master takes the build id that servers will tell it. */
function checkBuildId(root: string, problems: Problems): void {
  const found = readBuildId(root);
  if (typeof found !== 'string') problems.list.push(found);
}

function findAppDir(root: string, given: string | undefined, problems: Problems): string | undefined {
  if (given !== undefined) return resolve(root, given);
  try {
    return resolveAppDir(root);
  } catch (error) {
    const { problems: found } = (error as { facts?: { problems?: string } }).facts ?? {};
    if (found === undefined) problems.add('package.json', 'pomelo-ts.app', reasonOf(error));
    else problems.add('package.json', '', found.replace(/^\s*package\.json: /, ''));
    return undefined;
  }
}
