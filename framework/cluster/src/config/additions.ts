import type { ClusterConfig, ServerEntry } from '../settings-types.js';
import { checkArgs } from './args-checks.js';
import { claimsOf, masterClaims } from './claims.js';
import { Problems } from './problems.js';
import { type PlacedServer, readTopology } from './topology.js';
import { checkFolders, checkTopology } from './topology-checks.js';

/** What {@link readAdditions} needs to know beside the configuration. */
export interface AdditionOptions {
  /** Names the source in messages, such as `add`. */
  readonly source: string;
  /** The number that the first copy of a `clusterCount` entry gets in its id. */
  firstCopyOf(type: string): number;
}

/**
 * Reads servers that come to a running cluster: `{ "<type>": [ { server }, … ] }`, by the rules of servers.json.
 *
 * @throws CONFIG_INVALID, telling also of ids and ports that servers of `config` have.
 */
export function readAdditions(
  config: ClusterConfig,
  value: unknown,
  { source, firstCopyOf }: AdditionOptions,
): readonly ServerEntry[] {
  const problems = new Problems();
  const placed = readTopology({ file: source, value, path: [] }, config.env, problems, firstCopyOf);
  checkTogether(config, placed, source, problems);
  problems.throwIfAny();
  return placed.map(({ server }) => server);
}

/**
 * Checks servers that were added to another state of `config`.
 *
 * @throws CONFIG_INVALID when they are not to be had together; `source` names where the added ones stand.
 */
export function checkAdditions(config: ClusterConfig, servers: readonly ServerEntry[], source: string): void {
  const problems = new Problems();
  const placed = servers.map((server) => ({ server, path: [server.type, server.id] }));
  checkTogether(config, placed, source, problems);
  problems.throwIfAny();
}

function checkTogether(
  config: ClusterConfig,
  placed: readonly PlacedServer[],
  source: string,
  problems: Problems,
): void {
  const present = config.servers.map((server) => ({ server, path: ['servers', server.id] }));
  const all = [...present, ...placed];
  checkTopology(source, all, claimsOf(all), masterClaims(config.master), problems);
  checkArgs(source, placed, config, problems);
  checkFolders(source, placed, config.root, config.appDir, problems);
}
