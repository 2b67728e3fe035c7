import type { ErrorData, Measures } from '@pomelo-ts/common';
import type { BlacklistView } from './blacklist.js';
import type { OwnStatsAndReach } from './registry/reach.js';
import type { Listening, RegistryView, ServerState } from './registry.js';
import type { ServerSettings } from './settings-types.js';

/**
 * All that a server needs of its master. The servers of a game know their master by this alone; `joinCluster` gives the link that
 * dials one, and `masterLinkContract` of `@pomelo-ts/cluster/testing` says what each must do.
 *
 * A link that is lost is the link's own matter: it comes back by itself, keeps what it last knew of the cluster meanwhile, and tells the
 * master again how its server is.
 */
export interface MasterLink {
  /** What the master told this server. Renewed when the link is, and when an operator reloads the configuration. */
  readonly settings: ServerSettings;
  /** Who is in the cluster, this server included, as last heard. */
  readonly registry: RegistryView;
  /** Clients connected to each frontend, by server id, as the master last told: another map each time that it does. */
  readonly loads: ReadonlyMap<string, number>;
  /** Addresses that no client may come from, as the master last told; it is known before this link is. */
  readonly blacklist: BlacklistView;
  /** Whether the master can be reached now. */
  readonly connected: boolean;
  /**
   * Tells the master, now and after each reconnect, how this server is. All others see it in their registry; one that is `ready` is seen
   * as `draining` while the master lets it have no new work.
   */
  report(state: ServerState, more?: { readonly error?: ErrorData; readonly listening?: Listening }): void;
  /** Asks `fn` for this server's numbers, now and with each heartbeat. */
  setStats(fn: () => OwnStatsAndReach): void;
  /** Tells what changes in these measures with each heartbeat, and all of it over each new link. */
  tellMeasures(measures: Measures): void;
  /** Calls `fn` once when all servers of the start are ready; at once when they were before. */
  onAllStarted(fn: () => void): void;
  /** Has `handler` carry out what the master asks of this server; what it gives or throws is the answer. */
  onCommand(handler: CommandHandler): void;
  /**
   * Asks the master to carry out a command; resolves with its answer.
   *
   * @throws the master's own error, with its code; LINK_LOST when it cannot be reached or does not answer within `timeoutMs`: then
   * whether it has done what was asked is not known.
   */
  ask(command: string, args: unknown, timeoutMs: number): Promise<unknown>;
  /** Says goodbye and comes back no more: this life of the server is over for all others. */
  close(): void;
  /** After {@link close}: resolves when its goodbye is out. A process that exits before takes it back. */
  whenGone(): Promise<void>;
}

/** Carries out a command of the master; `args` are as the master sent them. */
export type CommandHandler = (command: string, args: unknown) => Promise<unknown>;

/** The answer of a server whose game has not said yet what it carries out. */
export const noCommandsYet: CommandHandler = (command) =>
  Promise.reject(new Error(`this server does not know the command ${command} (yet)`));
