export { carriedValue } from './carried-value.js';
export type { RpcCodec } from './codec.js';
export { msgpackrCodec } from './codec-msgpackr.js';
export { rpcKeys } from './keys.js';
export { type RpcMeasures, rpcMeasures } from './measures.js';
export { RemoteError, type RpcHandlers } from './node/calls.js';
export type { Peer, PeerEntry } from './node/peer.js';
export type { CallOptions, RpcNodeOptions } from './options.js';
export {
  type Balancer,
  createBalancer,
  type RouteCandidate,
  type RouteStrategy,
  routeStrategies,
} from './routing.js';
export { RpcNode } from './rpc-node.js';
export { MemoryNetwork, memoryTransport } from './transport/memory.js';
export { type RpcEncryption, type TcpSecurity, tcpTransport } from './transport/tcp.js';
export type { ChannelReader, RpcAddress, RpcChannel, RpcListener, RpcTransport } from './transport.js';
export type { TraceParent } from './wire/trace-parent.js';
