import { resolve } from 'node:path';
import type { ConfigFile } from '@pomelo-ts/common/config';
import type { z } from 'zod';
import type { ClusterConfig } from '../settings-types.js';
import { fieldInFile, valueInFile } from './file-names.js';
import { type LoadOptions, loadClusterConfig, readFiles } from './load.js';
import { masterSchema } from './master-schema.js';
import { Problems, showPath } from './problems.js';
import { leavesOf, schemaTree, valueAt } from './schema-tree.js';
import { settingsSchema } from './settings-schema.js';
import { type PlacedServer, readTopology } from './topology.js';

/** One value of the configuration and where it came from. */
export interface ExplainedValue {
  /** Such as `settings.client.heartbeat` or `servers.chat-server-1.port`. */
  readonly path: string;
  readonly value: unknown;
  /** A file and the place in it, or `default`. */
  readonly from: string;
}

/** A game's configuration as its files say it, and the origin of its values. */
export interface ExplainedConfig {
  readonly config: ClusterConfig;
  readonly master: readonly ExplainedValue[];
  /** What all servers are told. */
  readonly settings: readonly ExplainedValue[];
  /** By the id of the server. */
  readonly servers: ReadonlyMap<string, readonly ExplainedValue[]>;
  /** By the server type or server id that has the crons. */
  readonly crons: ReadonlyMap<string, ExplainedValue>;
}

/**
 * Every value of a game's configuration with its origin.
 *
 * @throws CONFIG_INVALID as `loadClusterConfig` does.
 * @example explainConfig({ root, env: 'production' }).find(({ path }) => path === 'settings.rpc.timeout')?.from // 'default'
 */
export function explainConfig(options: LoadOptions): readonly ExplainedValue[] {
  const { master, settings, servers, crons } = explainParts(options);
  return [...master, ...settings, ...[...servers.values()].flat(), ...crons.values()];
}

/**
 * As {@link explainConfig}, by whom the values are for, and with the configuration that they make.
 *
 * @throws CONFIG_INVALID as `loadClusterConfig` does.
 */
export function explainParts(options: LoadOptions): ExplainedConfig {
  const { env } = options;
  const config = loadClusterConfig(options);
  const problems = new Problems();
  const files = readFiles(resolve(options.root), env, problems);
  const placed = readTopology(files.servers!, env, problems);
  return {
    config,
    master: explainFile('master', masterSchema, files.master, config.master),
    settings: explainFile('settings', settingsSchema(env), files.settings, config.settings),
    servers: new Map(placed.map((one) => [one.server.id, explainServer(files.servers!, one)])),
    crons: new Map(Object.keys(config.crons).map((owner) => [owner, explainCrons(files.crons!, owner)])),
  };
}

function explainCrons(file: ConfigFile, owner: string): ExplainedValue {
  const value = valueAt(file.value, [owner]);
  return { path: `crons.${owner}`, value, from: placeOf(file, [...file.path, owner]) };
}

function explainFile(
  name: string,
  schema: z.ZodType,
  file: ConfigFile | undefined,
  result: unknown,
): ExplainedValue[] {
  return leavesOf(schemaTree(schema)).flatMap(({ path, node }) => {
    const shown = `${name}.${path.join('.')}`;
    const given = valueAt(file?.value, path);
    if (given !== undefined)
      return [{ path: shown, value: given, from: placeOf(file!, [...file!.path, ...path]) }];
    const value = node.default ?? computed(result, path);
    return value === undefined ? [] : [{ path: shown, value, from: 'default' }];
  });
}

/** A default that depends on other values is found in the result, where durations are in ms. */
function computed(result: unknown, path: readonly string[]): unknown {
  const name = `${path.at(-1)}Ms`;
  return valueInFile(name, valueAt(result, [...path.slice(0, -1), name])) ?? valueAt(result, path);
}

function explainServer(file: ConfigFile, { server, path }: PlacedServer): ExplainedValue[] {
  const raw = valueAt(file.value, path.slice(file.path.length));
  return Object.entries(server)
    .filter(([key]) => key !== 'id' && key !== 'type')
    .map(([field, value]) => {
      const key = fieldInFile(field);
      const given = valueAt(raw, [key]) !== undefined;
      return {
        path: `servers.${server.id}.${key}`,
        value,
        from: given ? placeOf(file, [...path, key]) : 'default',
      };
    });
}

const placeOf = (file: ConfigFile, path: readonly PropertyKey[]) => `${file.file} ${showPath(path)}`;
