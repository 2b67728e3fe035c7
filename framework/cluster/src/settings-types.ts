import { type CronsByOwner, cronsOf } from './config/cron-checks.js';
import type { CronEntry } from './config/crons-schema.js';
import type { HostSettings, SshSettings } from './config/hosts-schema.js';
import type { MasterOutput } from './config/master-schema.js';
import type { SettingsOutput } from './config/settings-schema.js';

/** What `settings.json5` says, defaults filled in, durations in ms and sizes in bytes. */
export type ClusterSettings = SettingsOutput;

/** What `master.json` says, defaults filled in. */
export type MasterSettings = MasterOutput;

export type { HostSettings, SshSettings };

/** A port for clients beside the `clientPort` of a server. */
export interface AcceptorEntry {
  /** The acceptor that serves it: `hybrid`, or one that the app registers. */
  readonly name: string;
  readonly port: number;
  readonly options?: Readonly<Record<string, unknown>>;
}

/** One server of the topology: an entry of `servers.json` after expansion, checks and defaults. */
export interface ServerEntry {
  readonly id: string;
  readonly type: string;
  readonly host: string;
  /** Port for calls of other servers; without it nobody can call this server. */
  readonly port?: number;
  /** Address that clients are told; every frontend has one. */
  readonly clientHost?: string;
  readonly clientPort?: number;
  /** Further ports for clients, with what serves each. */
  readonly acceptors?: readonly AcceptorEntry[];
  /** Address that it listens at for clients; see `clientPlaces` for the default. */
  readonly clientListen?: string;
  /** URL that clients are told in place of host and port. */
  readonly clientUrl?: string;
  /** Port for metrics and health, and the address that it is listened at. */
  readonly opsPort?: number;
  readonly opsListen?: string;
  readonly metricsTokenFile?: string;
  readonly frontend: boolean;
  readonly weight: number;
  readonly args: readonly string[];
  /** Cores, as `taskset -c` takes them: `2`, `0-3`, `0,2`. */
  readonly cpu?: number | string;
  readonly autoRestart: boolean;
  readonly restartForce: boolean;
  readonly maxConnections?: number;
  /** Whether the master never starts it: something else does, with `pomelo-ts run`. */
  readonly external?: boolean;
  /** Servers of one group are released together. */
  readonly group?: string;
  /** Fields of the file that pomelo-ts does not know, with the type they have there. */
  readonly [extra: string]: unknown;
}

export type { CronEntry, CronsByOwner };

/** A parsed JSON object whose grammar its reader checks. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** All configuration of one environment. */
export interface ClusterConfig {
  /** The game's root, absolute. */
  readonly root: string;
  readonly env: string;
  /** Folder of the compiled app, absolute. */
  readonly appDir: string;
  readonly master: MasterSettings;
  /** In the order of the file. */
  readonly servers: readonly ServerEntry[];
  readonly settings: ClusterSettings;
  /** What `crons.json5` says, by server type or server id. */
  readonly crons: CronsByOwner;
  /** Routes of `dictionary.json`. */
  readonly dictionary: readonly string[];
  readonly clientProtos: JsonObject | null;
  readonly serverProtos: JsonObject | null;
}

/** What one server is told over its link. */
export interface ServerSettings {
  readonly server: ServerEntry;
  readonly env: string;
  readonly root: string;
  readonly appDir: string;
  readonly settings: ClusterSettings;
  /** What this server runs by the clock. */
  readonly crons: readonly CronEntry[];
  readonly dictionary: readonly string[];
  readonly clientProtos: JsonObject | null;
  readonly serverProtos: JsonObject | null;
  /** Whether the server has its own process or shares one with all others. */
  readonly mode: 'process' | 'single';
}

/** The part of `config` that `server` gets over its link. */
export function serverSettings(
  config: ClusterConfig,
  server: ServerEntry,
  mode: 'process' | 'single',
): ServerSettings {
  const { env, root, appDir, settings, dictionary, clientProtos, serverProtos } = config;
  const crons = cronsOf(config.crons, server);
  return { server, env, root, appDir, settings, crons, dictionary, clientProtos, serverProtos, mode };
}
