export type { Client, ClientState, StateChange } from './client.js';
export type { ClientClock } from './clock.js';
export { ClientError, type ClientErrorCode, type ClientErrorFacts, clientErrors } from './errors.js';
export type { ClientOptions, GateOptions, ReconnectOptions, ServerAddress } from './options.js';
export type { ClientSocket, OpenSocket, SocketEvents } from './socket/open-socket.js';
export type { WireStorage } from './wire-cache.js';
