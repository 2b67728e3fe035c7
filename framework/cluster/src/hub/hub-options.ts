import type { Clock, ErrorData, Logger } from '@pomelo-ts/common';
import type { BlacklistWord } from '../blacklist.js';
import type { ServerKeys } from '../keys.js';
import type { ServerState } from '../registry.js';
import type { ServerSettings } from '../settings-types.js';
import type { OperatorHandler } from './operator-link.js';

/** Settings of a `LinkHub`. */
export interface LinkHubOptions {
  /** Ids of all servers of the present topology. */
  serverIds(): readonly string[];
  /** What a server of the topology is told; undefined for an unknown id. */
  settingsOf(id: string): ServerSettings | undefined;
  /** The present keys of a server, told to each that joins; see {@link LinkHub.rekey}. */
  readonly keysOf?: (id: string) => ServerKeys;
  /** Addresses that no client may come from, told to each frontend that joins; see {@link LinkHub.tellBlacklist}. @default none */
  readonly blacklist?: () => readonly BlacklistWord[];
  /** Carries out the commands of operators. */
  readonly onOperator?: OperatorHandler;
  /** Carries out what a server asks of the master; what it throws is the server's answer. See `MasterLink.ask`. */
  readonly onServer?: ServerHandler;
  /** @default 500 */
  readonly heartbeatMs?: number;
  /** Silence after which a link is dead. @default 2500 */
  readonly deadMs?: number;
  /** How long a server whose link broke keeps its place in the registry, unless its process has ended. @default 5000 */
  readonly lostMs?: number;
  /** How long a new master waits for servers of a former one before it calls them gone. @default 5000 */
  readonly settleMs?: number;
  /** Term of this master; servers refuse one that is lower than the highest they have seen. @default 0 */
  readonly term?: number;
  /** Whether this master leads now: while it does not, nobody is told anything. @default always */
  readonly leads?: () => boolean;
  readonly clock?: Clock;
  readonly logger?: Logger;
}

/** Carries out what one life of a server asks of the master. */
export type ServerHandler = (id: string, bootId: string, command: string, args: unknown) => unknown;

/** Events of a `LinkHub`. */
export interface LinkHubEvents {
  serverJoined: [
    { id: string; bootId: string; pid: number; state: ServerState; back: boolean; external: boolean },
  ];
  serverReported: [{ id: string; bootId: string; state: ServerState; error: ErrorData | undefined }];
  /** `left` tells a goodbye from a break. */
  serverLost: [{ id: string; bootId: string; reason: string; left: boolean }];
  /** Its process has surely ended. */
  serverEnded: [{ id: string; bootId: string }];
}
