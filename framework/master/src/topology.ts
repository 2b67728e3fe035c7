import {
  type ClusterConfig,
  type ServerEntry,
  type ServerSettings,
  serverSettings,
} from '@pomelo-ts/cluster';
import { isSameHost } from '@pomelo-ts/cluster/masters';
import { PomeloError } from '@pomelo-ts/common';
import type { Selection } from './topology/selection.js';
import { type TopologyChanges, TopologyFile } from './topology/topology-file.js';

const copyId = /^cluster-server-(.+)-(\d+)$/;

/** The servers that there are: those of the configuration, without what operators have removed, with what they have added. */
export class Topology {
  readonly #file: TopologyFile;
  #base: ClusterConfig;
  #changes: TopologyChanges;
  #config: ClusterConfig;
  #byId: ReadonlyMap<string, ServerEntry> = new Map();

  /**
   * @param changes what operators have changed, where it is kept elsewhere
   * @throws CONFIG_INVALID when what a former master has kept cannot be read
   */
  constructor(config: ClusterConfig, changes?: TopologyChanges) {
    this.#base = config;
    this.#file = new TopologyFile(config.root, config.env);
    this.#changes = changes ?? this.#file.read();
    this.#config = this.#compose();
  }

  /** The configuration with the servers that there are now. */
  get config(): ClusterConfig {
    return this.#config;
  }

  /** In the order of the file, then in that of their addition. */
  get servers(): readonly ServerEntry[] {
    return this.#config.servers;
  }

  get changes(): TopologyChanges {
    return this.#changes;
  }

  /** Where operators' changes are kept, relative to the game's root. */
  get changesFile(): string {
    return this.#file.name;
  }

  get(id: string): ServerEntry | undefined {
    return this.#byId.get(id);
  }

  /** What a server is told over its link; undefined for one that there is not. `running` is its entry while it runs. */
  settingsOf(id: string, running = this.#byId.get(id)): ServerSettings | undefined {
    const server = this.#byId.has(id) ? running : undefined;
    return server && serverSettings(this.#config, server, 'process');
  }

  /** The ids that a selection means, in the order of the topology. @throws SERVER_NOT_IN_TOPOLOGY */
  select({ ids = [], types = [], hosts: named = [] }: Selection): readonly string[] {
    const { servers } = this;
    const hosts = named.map((name) => servers.find(({ host }) => isSameHost(host, name))?.host ?? name);
    if (ids.length + types.length + hosts.length === 0) return servers.map(({ id }) => id);
    this.#require(ids, [...this.#byId.keys()]);
    this.#require(types, [...new Set(servers.map(({ type }) => type))]);
    this.#require(hosts, [...new Set(servers.map(({ host }) => host))]);
    return servers
      .filter(({ id, type, host }) => ids.includes(id) || types.includes(type) || hosts.includes(host))
      .map(({ id }) => id);
  }

  /** The number of the next copy of a type that `clusterCount` makes. */
  nextCopyOf(type: string): number {
    const used = [...this.#base.servers, ...this.#changes.added].flatMap(({ id }) => {
      const [, ofType, number] = copyId.exec(id) ?? [];
      return ofType === type ? [Number(number)] : [];
    });
    return Math.max(-1, this.#changes.counted[type] ?? -1, ...used) + 1;
  }

  /** The configuration as it will be with `config` from the files: what the files have by now is no addition any more. */
  with(config: ClusterConfig): ClusterConfig {
    return composed(config, changesFor(config, this.#changes));
  }

  /** Takes other files' configuration as its base. */
  replaceBase(config: ClusterConfig): void {
    this.#base = config;
    this.#change(changesFor(config, this.#changes));
  }

  add(servers: readonly ServerEntry[]): void {
    const { added, counted } = this.#changes;
    const numbers = { ...counted };
    for (const { id, type } of servers) {
      const [, ofType, number] = copyId.exec(id) ?? [];
      if (ofType === type) numbers[type] = Math.max(numbers[type] ?? -1, Number(number));
    }
    this.#change({ ...this.#changes, added: [...added, ...servers], counted: numbers });
  }

  /** Takes servers out, whether they are of the files or were added. */
  remove(ids: readonly string[]): void {
    const { added, removed, counted } = this.#changes;
    const ofFiles = ids.filter((id) => this.#base.servers.some((server) => server.id === id));
    this.#change({
      added: added.filter(({ id }) => !ids.includes(id)),
      removed: [...new Set([...removed, ...ofFiles])],
      counted,
    });
  }

  /** The entries in the files of servers that were removed. @throws SERVER_NOT_IN_TOPOLOGY */
  removedEntries(ids: readonly string[]): readonly ServerEntry[] {
    const { removed } = this.#changes;
    this.#require(
      ids,
      removed,
      'none, as none was removed; a new server takes its fields, such as id=… serverType=…',
    );
    return this.#base.servers.filter(({ id }) => ids.includes(id));
  }

  /** Servers of the files that were removed are back. */
  restore(ids: readonly string[]): void {
    this.#change({ ...this.#changes, removed: this.#changes.removed.filter((id) => !ids.includes(id)) });
  }

  #change(changes: TopologyChanges): void {
    this.#file.write(changes);
    this.#changes = changes;
    this.#config = this.#compose();
  }

  #compose(): ClusterConfig {
    const config = composed(this.#base, changesFor(this.#base, this.#changes));
    this.#byId = new Map(config.servers.map((server) => [server.id, server]));
    return config;
  }

  #require(names: readonly string[], known: readonly string[], none = 'none'): void {
    const name = names.find((one) => !known.includes(one));
    if (name === undefined) return;
    throw new PomeloError('SERVER_NOT_IN_TOPOLOGY', { name, known: known.join(', ') || none });
  }
}

/** What of the changes still means something for these files. */
function changesFor(config: ClusterConfig, { added, removed, counted }: TopologyChanges): TopologyChanges {
  const ofFiles = new Set(config.servers.map(({ id }) => id));
  const stillRemoved = removed.filter((id) => ofFiles.has(id));
  return {
    added: added.filter(({ id }) => !ofFiles.has(id) || stillRemoved.includes(id)),
    removed: stillRemoved,
    counted,
  };
}

function composed(config: ClusterConfig, { added, removed }: TopologyChanges): ClusterConfig {
  const left = config.servers.filter(({ id }) => !removed.includes(id));
  return { ...config, servers: [...left, ...added] };
}
