import type { ClusterConfig, ServerEntry } from '@pomelo-ts/cluster';
import type { Clock, Logger } from '@pomelo-ts/common';
import type { AcceptorContext } from '../acceptor.js';
import { startSingle } from '../single.js';
import { MemoryAcceptor } from './memory-acceptor.js';
import { TestCluster } from './test-cluster.js';

/** What {@link startCluster} starts. */
export interface TestClusterOptions {
  /** The game's root: the folder with `config/` and package.json. @default the working directory */
  readonly root?: string;
  /** Environment whose configuration is used. @default development */
  readonly env?: string;
  /** Folder of the compiled app. @default what package.json of the root names */
  readonly appDir?: string;
  /** Types to start; others are left out. @default all */
  readonly types?: readonly string[];
  /** Changes to servers of the topology: what it gives for one is laid over the server's entry. */
  readonly changeServer?: (server: ServerEntry) => Partial<ServerEntry>;
  /** Changes to `settings.json5`, section by section; durations in ms and sizes in bytes, as the app sees them. */
  readonly settings?: SettingsChange;
  /**
   * Opens real ports, free ones on this machine, for browsers, stock clients and plain HTTP. @default false: clients connect
   * in memory, and no port is opened at all
   */
  readonly ports?: boolean;
  /** The clock of servers' timeouts, heartbeats and hooks; `FakeClock` of `@pomelo-ts/core/testing` stands still. */
  readonly clock?: Clock;
  /** @default what servers log goes nowhere */
  readonly logger?: Logger;
}

type Settings = ClusterConfig['settings'];

/** Sections of the settings, each with only what is other. */
export type SettingsChange = { readonly [Section in keyof Settings]?: Partial<Settings[Section]> };

/**
 * Starts the servers of a game inside the test: the code, routes and frames of a real cluster, with calls in memory. It is
 * ready when the promise resolves, and gone when it is disposed.
 *
 * @throws CONFIG_INVALID, and whatever a server's start can throw
 * @example
 * await using cluster = await startCluster();
 * await using ann = await cluster.connectClient({ uid: 'ann' });
 * await ann.request('connector.entryHandler.enter', { username: 'ann', rid: 'lobby' });
 */
export async function startCluster(options: TestClusterOptions = {}): Promise<TestCluster> {
  const { root = process.cwd(), env = 'development', appDir, ports = false, clock, logger } = options;
  const { loadClusterConfig } = await import('@pomelo-ts/cluster/config');
  const acceptors = new Map<string, MemoryAcceptor>();
  const inMemory = (context: AcceptorContext): MemoryAcceptor => {
    const acceptor = new MemoryAcceptor(context);
    acceptors.set(context.serverId, acceptor);
    return acceptor;
  };
  const config = changed(loadClusterConfig({ root, env, ...(appDir && { appDir }) }), options);
  const cluster = await startSingle({
    config,
    ...(ports ? { clientPorts: 'free' as const } : { acceptor: inMemory }),
    ...(clock && { clock }),
    ...(logger && { logger }),
  });
  return new TestCluster(config, cluster, ports ? undefined : acceptors);
}

function changed(config: ClusterConfig, options: TestClusterOptions): ClusterConfig {
  const { types, changeServer, settings = {} } = options;
  const servers = config.servers
    .filter(({ type }) => types?.includes(type) ?? true)
    .map((server) => ({ ...server, ...changeServer?.(server) }) as ServerEntry);
  const sections = Object.entries(config.settings).map(([name, section]) => [
    name,
    changedSection(section, settings[name as keyof Settings]),
  ]);
  return { ...config, servers, settings: Object.fromEntries(sections) as Settings };
}

/** A section may be `false`, for what is off, which has nothing that a change could be put into. */
function changedSection(section: Settings[keyof Settings], change: object | boolean | undefined): unknown {
  if (change === undefined) return section;
  if (typeof change !== 'object' || typeof section !== 'object') return change;
  return { ...section, ...change };
}
