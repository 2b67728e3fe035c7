import type { Clock, Logger, Measures } from '@pomelo-ts/common';
import type { NamedKey, TickFlusher } from '@pomelo-ts/common/internal';
import type { RpcCodec } from './codec.js';
import type { RpcHandlers } from './node/calls.js';
import type { OutputBounds } from './node/connection.js';
import type { PeerLimits } from './node/peer.js';
import { maxPendingLimit } from './node/pending-table.js';
import type { RpcTransport } from './transport.js';
import type { TraceParent } from './wire/trace-parent.js';

/** Settings of an `RpcNode`. */
export interface RpcNodeOptions {
  /** This server's id, unique in the cluster. */
  readonly id: string;
  /** This start of it; see `newBootId` of `@pomelo-ts/common`. */
  readonly bootId: string;
  /**
   * The keys that nodes of the cluster prove to each other, see {@link rpcKeys}: all that are taken, the first is the one to dial
   * with, the next where that is not known. They never travel.
   */
  keys(): readonly NamedKey[];
  readonly transport: RpcTransport;
  readonly handlers: RpcHandlers;
  /** @default msgpackrCodec() */
  readonly codec?: RpcCodec;
  /** Longest wait for an answer, in ms. @default 10000 */
  readonly timeoutMs?: number;
  /** Most calls that may wait for one peer, up to 65535. @default 10000 */
  readonly maxPending?: number;
  /** Longest frame accepted. @default 16 MiB */
  readonly maxFrameBytes?: number;
  /** Most bytes that may wait to leave for one peer before calls fail with RPC_OVERLOADED. @default 64 MiB */
  readonly maxQueueBytes?: number;
  /** A peer that nothing was sent to for that long is sent a heartbeat, in ms. @default 500 */
  readonly heartbeatMs?: number;
  /** A peer that was silent that long is given up, in ms; over a line that was late of late, up to four times that. @default 2800 */
  readonly silentMs?: number;
  /** Send stacks of thrown errors to the caller. @default false */
  readonly stacks?: boolean;
  readonly clock?: Clock;
  readonly logger?: Logger;
  readonly measures?: Measures;
  readonly flusher?: TickFlusher;
  /** Have peers that trace tell with their calls of which trace they are. @default false */
  readonly traces?: boolean;
}

/** Settings of one call. */
export interface CallOptions {
  /** Longest wait for the answer, in ms. @default the node's timeoutMs */
  readonly timeoutMs?: number;
  /** Of which span this call is a part: told to a peer that traces, too. */
  readonly trace?: TraceParent;
}

/**
 * Where the output of a connection is bounded. What a node says by itself ends at `maxQueueBytes`, and words on members a sixteenth
 * above, each with one frame of any length; so that two nodes that have much to say to each other never both stop reading, only answers
 * can bring more.
 */
export function outputBounds({ maxQueueBytes, maxFrameBytes }: PeerLimits): OutputBounds {
  const deafBytes = maxQueueBytes + Math.ceil(maxQueueBytes / 16) + 2 * maxFrameBytes;
  return { deafBytes, maxBytes: 2 * deafBytes, hearBytes: Math.ceil(deafBytes / 2) };
}

/** The bounds on what may wait for one peer, with their defaults. */
export function limitsOf(
  options: Pick<RpcNodeOptions, 'maxPending' | 'maxQueueBytes' | 'maxFrameBytes'>,
): PeerLimits {
  return {
    maxPending: Math.min(options.maxPending ?? 10_000, maxPendingLimit),
    maxQueueBytes: options.maxQueueBytes ?? 64 * 1024 * 1024,
    maxFrameBytes: options.maxFrameBytes ?? 16 * 1024 * 1024,
  };
}
