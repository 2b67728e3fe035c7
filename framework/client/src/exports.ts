export type { ClientClock } from './clock.js';
export {
  type AnyContract,
  type ClientContract,
  type ContractClient,
  type Failure,
  type FailureOf,
  type FrameworkFailure,
  type GameClient as Client,
  type GameFailure,
  isFailure,
} from './contract.js';
export { ClientError, type ClientErrorCode, type ClientErrorFacts, clientErrors } from './errors.js';
export type { ClientOptions, GateOptions, ReconnectOptions, ServerAddress } from './options.js';
export type { ClientSocket, OpenSocket, SocketEvents } from './socket/open-socket.js';
export type { ClientState, StateChange } from './state.js';
export type { WireStorage } from './wire-cache.js';
