export { maxAtWork } from './node/calls.js';
export { noCallId, type RpcConnection } from './node/connection.js';
export type { Peer } from './node/peer.js';
export type { CallSettler } from './node/pending-table.js';
export { frameType } from './wire/frame-type.js';
