import type { ErrorData } from '@pomelo-ts/common';
import type { BlacklistChange } from '../blacklist.js';
import type { MasterAddress } from '../dial-masters.js';
import type { ServerKeys } from '../keys.js';
import type { MeasuresDelta } from '../measures/delta.js';
import type { Listening, RegistryDelta, RegistrySnapshot, ServerState } from '../registry.js';
import type { ServerSettings } from '../settings-types.js';
import type { Principal } from './principal.js';

/** What a dialer is: a server of the game, or somebody at a command line. */
export type LinkRole = 'server' | 'operator';

/** What a server tells of itself each second. */
export interface ServerStats {
  /** Clients connected now. */
  readonly connections: number;
  /** Resident memory in bytes. */
  readonly rssBytes: number;
  /** Share of one processor used since the last report; 1 is one core busy. */
  readonly cpu: number;
  /** Seconds since the process began. */
  readonly uptime: number;
}

/** What only the server's own parts can tell; the link adds memory and processor. */
export type OwnStats = Partial<Pick<ServerStats, 'connections'>>;

/** Messages from a server, after the proof. */
export type ServerMessage =
  | {
      readonly t: 'join';
      readonly pid: number;
      readonly buildId: string;
      readonly state: ServerState;
      readonly listening: Listening;
      /** Whether it had been admitted before and only comes back. */
      readonly admitted: boolean;
      /** Whether something else than the master has started it. */
      readonly external?: boolean;
    }
  | {
      readonly t: 'report';
      readonly state: ServerState;
      readonly listening?: Listening;
      readonly error?: ErrorData;
    }
  | { readonly t: 'stats'; readonly stats: ServerStats; readonly measures?: MeasuresDelta }
  | { readonly t: 'resync' }
  | { readonly t: 'answer'; readonly n: number; readonly result?: unknown; readonly error?: ErrorData }
  | { readonly t: 'ask'; readonly n: number; readonly command: string; readonly args: unknown }
  | { readonly t: 'ping' }
  | { readonly t: 'beat' }
  | { readonly t: 'bye' };

/** Messages to a server, after the proof. */
export type HubMessage =
  | {
      readonly t: 'accepted';
      readonly heartbeatMs: number;
      readonly deadMs: number;
      /** Term of the master: a server refuses one that is lower than the highest it has seen. */
      readonly term: number;
    }
  /** This master stands by; `leader` is the one that leads, as far as it knows. */
  | { readonly t: 'elsewhere'; readonly leader?: MasterAddress }
  | { readonly t: 'admitted'; readonly settings: ServerSettings; readonly snapshot: RegistrySnapshot }
  /** Of a server that has been admitted: what may change while it runs. */
  | { readonly t: 'settings'; readonly settings: ServerSettings }
  | { readonly t: 'snapshot'; readonly snapshot: RegistrySnapshot }
  | { readonly t: 'delta'; readonly delta: RegistryDelta }
  /** The secret of the cluster has changed. */
  | { readonly t: 'keys'; readonly keys: ServerKeys }
  | { readonly t: 'settled' }
  | { readonly t: 'allStarted' }
  | { readonly t: 'loads'; readonly loads: Readonly<Record<string, number>> }
  /** Addresses that no client may come from; told to frontends, all of them before `admitted`. */
  | ({ readonly t: 'blacklist' } & BlacklistChange)
  /** Whether it may be sent new work: until then it keeps what it has. A new life begins with yes. */
  | { readonly t: 'takeNew'; readonly takes: boolean }
  | { readonly t: 'stop'; readonly deadlineMs: number }
  | { readonly t: 'command'; readonly n: number; readonly command: string; readonly args: unknown }
  | { readonly t: 'told'; readonly n: number; readonly result?: unknown; readonly error?: ErrorData }
  | { readonly t: 'refused'; readonly reason: string }
  /** Wants a beat at once: the other end is late. */
  | { readonly t: 'ping' }
  | { readonly t: 'beat' };

/** Messages of an operator, after the proof. */
export type OperatorRequest = {
  readonly t: 'request';
  readonly n: number;
  /** Name of an operation. */
  readonly verb: string;
  readonly args: unknown;
  /** Who asks, by the word of who holds the key. */
  readonly principal?: Principal;
};

/** Of an operator who no longer waits for one of their requests: one that goes on until then ends. */
export type OperatorCancel = { readonly t: 'cancel'; readonly n: number };

/** Messages to an operator, after the proof. */
export type OperatorAnswer =
  | { readonly t: 'progress'; readonly n: number; readonly event: unknown }
  | { readonly t: 'reply'; readonly n: number; readonly result: unknown }
  | { readonly t: 'failed'; readonly n: number; readonly error: ErrorData }
  /** The answer to a `ping`. */
  | { readonly t: 'beat' };
