import type { Duplex } from 'node:stream';
import type { Clock, Logger, PomeloError } from '@pomelo-ts/common';
import type { MasterAddress } from '../dial-masters.js';
import type { ServerKeys } from '../keys.js';

/** Settings of {@link joinCluster}. */
export interface JoinOptions {
  /** Opens a connection to the master, by this server's key; see `dialSecure`. Called again after each loss. */
  dial(): Promise<Duplex>;
  /** Whoever was dialed last does not lead, or is silent; `leader` is the one that does, if it was told. See `dialMasters`. */
  onMissed?(leader?: MasterAddress): void;
  /** How long whoever was dialed may take to answer, in ms. @default 5000 */
  readonly handshakeMs?: number;
  /** This server's id in the topology. */
  readonly id: string;
  readonly bootId: string;
  readonly buildId: string;
  /** The file that this process' output goes to, absolute; missing when it goes elsewhere. */
  readonly logFile?: string;
  /** Whether something else than the master has started this process. @default false */
  readonly external?: boolean;
  /** @default process.pid */
  readonly pid?: number;
  /** The master wants this server to stop within the time. May come before the server is admitted. */
  onStop(deadlineMs: number): void;
  /** The master refused this server for good after it had joined: the process must end. */
  onRefused?(error: PomeloError): void;
  /** The secret of the cluster has changed: the next connections need these keys. */
  onKeys?(keys: ServerKeys): void;
  /** Gives up joining. */
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
  readonly logger?: Logger;
  /** A number from 0 up to 1, for the waits between dials. @default Math.random */
  readonly random?: () => number;
}
