import type { ClusterConfig, ServerEntry } from '@pomelo-ts/cluster';
import type { ExplainedConfig } from '@pomelo-ts/cluster/config';
import { fieldInFile, pathInFile, valueInFile } from '@pomelo-ts/cluster/masters';
import { reasonOf } from '@pomelo-ts/common';
import type { RunningValue, ServerConfig } from '@pomelo-ts/views';
import type { Supervisor } from '../supervisor.js';
import { runningConfig } from '../topology/live-fields.js';
import { diffConfigs, type ValueChange } from '../topology/topology-diff.js';
import type { Topology } from '../topology.js';

/** What a {@link ServerConfigs} works with. */
export interface ServerConfigParts {
  readonly topology: Topology;
  readonly supervisor: Pick<Supervisor, 'record' | 'running'>;
  /** Where the secret of the cluster was found; undefined where that is not known. */
  readonly secretFrom: string | undefined;
  /** A value under its name as anybody may see it who may look: fields of the game's own may be passwords. */
  shown(name: string, value: unknown): unknown;
}

/** Where a value came from that the files do not say any more. */
const formerly = 'the files before they were changed';
/** In place of a place, of what the files do not have any more. */
const missing = 'not in the files';
/** In place of the origin where the files cannot be read. */
const unknown = 'not known';

/** Tells what servers run with. What the files say now is no more than a part of that: somebody may have changed them since. */
export class ServerConfigs {
  readonly #parts: ServerConfigParts;

  constructor(parts: ServerConfigParts) {
    this.#parts = parts;
  }

  /** Reads the files, and compares. Takes some ten ms. @throws SERVER_NOT_IN_TOPOLOGY */
  async of(id: string): Promise<ServerConfig> {
    const { topology, supervisor, secretFrom } = this.#parts;
    const record = supervisor.record(id);
    const entry = supervisor.running(id) ?? record.entry;
    const running = runningConfig(record.startedAs ?? topology.config, topology.config, entry);
    const lost = record.outdated && !record.startedAs ? { problem: 'it was started with other values' } : {};
    const secret = secretFrom === undefined ? [] : [{ path: 'secret', value: '***', from: secretFrom }];
    try {
      const values = await this.#explained(running, entry);
      return { values: [...secret, ...values.map((value) => this.#withoutSecrets(value))], ...lost };
    } catch (error) {
      const values = unexplained(running, entry).map((value) => this.#withoutSecrets(value));
      return { values: [...secret, ...values], problem: `the files cannot be read: ${reasonOf(error)}` };
    }
  }

  #withoutSecrets({ path, value, from, now }: RunningValue): RunningValue {
    const shown = (one: unknown): unknown => this.#parts.shown(path.split('.').at(-1)!, one);
    return {
      ...{ path, value: shown(value), from },
      ...(now && { now: { ...('value' in now && { value: shown(now.value) }), from: now.from } }),
    };
  }

  async #explained(running: ClusterConfig, entry: ServerEntry): Promise<readonly RunningValue[]> {
    const { topology } = this.#parts;
    const { explainParts } = await import('@pomelo-ts/cluster/config'); // heavy, and seldom needed
    const { root, env, appDir } = topology.config;
    const explained = explainParts({ root, env, appDir });
    const after = topology.with(explained.config);
    const { changes } = diffConfigs(running, after, { runs: () => true, waiting: [] });
    const own = ownChanges(changes, entry);
    const values = this.#ofServer(explained, entry);
    const known = values.map((value) => withChange(value, own, running));
    const gone = own.filter(({ path }) => !values.some((value) => covers(value.path, path)));
    return [...known, ...gone.map(ofChange)];
  }

  /** What the files say of it, by the names that a page of one server has. */
  #ofServer({ settings, servers, crons }: ExplainedConfig, entry: ServerEntry): readonly RunningValue[] {
    const { id, type } = entry;
    const own = servers
      .get(id)
      ?.map((value) => ({ ...value, path: ownPath(value.path.slice('servers.'.length), id) }));
    const ofCrons = [crons.get(type), crons.get(id)].filter((one) => one !== undefined);
    return [...(own ?? this.#outsideFiles(entry)), ...settings, ...ofCrons];
  }

  /** An entry that the files do not have: an operator has added it, or somebody has taken it out of them since. */
  #outsideFiles({ id, type: _, ...fields }: ServerEntry): readonly RunningValue[] {
    const { changes, changesFile } = this.#parts.topology;
    const origin = changes.added.some((one) => one.id === id)
      ? { from: `added by an operator (${changesFile})` }
      : { from: formerly, now: { from: missing } };
    return Object.entries(fields).map(([field, value]) => ({
      ...{ path: `server.${fieldInFile(field)}`, value, ...origin },
    }));
  }
}

const ownPath = (path: string, id: string): string =>
  path.startsWith(`${id}.`) ? `server${path.slice(id.length)}` : path;

/** What of a difference is about one server. */
function ownChanges(changes: readonly ValueChange[], { id, type }: ServerEntry): readonly ValueChange[] {
  const isOwn = ({ path, ids }: ValueChange): boolean =>
    path.startsWith('settings.') ||
    [`crons.${id}`, `crons.${type}`].includes(path) ||
    isOfEntry(path, ids, id);
  return changes.filter(isOwn).map((change) => {
    const path = change.path.startsWith('settings.') ? change.path : ownPath(change.path, id);
    return { ...change, path };
  });
}

/** Changes of entries are about one server each, whatever other ids begin as its own does. */
const isOfEntry = (path: string, ids: readonly string[], id: string): boolean =>
  ids.length === 1 && ids[0] === id && path.startsWith(`${id}.`);

const covers = (path: string, changed: string): boolean => changed === path || changed.startsWith(`${path}.`);

/** The value that the server has, where the files say another one by now. */
function withChange(
  value: RunningValue,
  changes: readonly ValueChange[],
  running: ClusterConfig,
): RunningValue {
  const change = changes.find(({ path }) => covers(value.path, path));
  if (!change) return value;
  const { path, value: now, from } = value;
  const was = change.path === path ? change.from : inConfig(running, path);
  return { path, value: was ?? null, from: formerly, now: { value: now, from } };
}

const ofChange = ({ path, from, to }: ValueChange): RunningValue => ({
  ...{ path, value: from ?? null, from: formerly },
  now: { ...(to !== undefined && { value: to }), from: missing },
});

const inConfig = (config: ClusterConfig, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>((at, key) => (at as Readonly<Record<string, unknown>> | undefined)?.[key], config);

/** What it runs with, where nobody can say where that came from. */
function unexplained({ settings, crons }: ClusterConfig, entry: ServerEntry): readonly RunningValue[] {
  const { id, type, ...fields } = entry;
  const own = Object.entries(fields).map(
    ([field, value]) => [`server.${fieldInFile(field)}`, value] as const,
  );
  const shared = leavesOf(settings, 'settings').map(
    ([path, value]) => [pathInFile(path), valueInFile(path, value)] as const,
  );
  const ofCrons = [type, id].flatMap((owner) =>
    crons[owner] ? [[`crons.${owner}`, crons[owner]] as const] : [],
  );
  return [...own, ...shared, ...ofCrons].map(([path, value]) => ({ path, value, from: unknown }));
}

function leavesOf(value: unknown, path: string): (readonly [string, unknown])[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[path, value]];
  return Object.entries(value).flatMap(([key, child]) => leavesOf(child, `${path}.${key}`));
}
