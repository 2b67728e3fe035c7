import { shutdownReason } from '@pomelo-ts/protocol';
import type { CoreMeasures } from '../measures.js';

/** Why a connection has closed, as it is counted. */
export type CloseKind = keyof CoreMeasures['clientClosed'];

/** By what the framework says of the ends that it makes itself. */
const kinds: ReadonlyMap<string, CloseKind> = new Map([
  ['disconnected', 'disconnected'],
  ['heartbeat timeout', 'silent'],
  ['handshake timeout', 'neverHandshook'],
  ['too many handshakes', 'tooMany'],
  ['too slow', 'slow'],
  ['protocol error', 'fault'],
  ['rate limit', 'rate'],
  ['replaced', 'replaced'],
  ['full', 'full'],
  [shutdownReason, 'shutdown'],
]);

/** Of which kind the end of a connection is; whatever else a game kicks with is `kick`. */
export function closeKind(reason: string): CloseKind {
  return kinds.get(reason) ?? (reason.startsWith('refused with code ') ? 'refused' : 'kick');
}
