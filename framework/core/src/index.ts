export { isPomeloError, PomeloError } from '@pomelo-ts/common';
export type { ConnectInfo, ConnectionFacts } from './acceptor/connect-info.js';
export { type Greeted, Handshaker } from './acceptor/handshaker.js';
export type { HttpHandler } from './acceptor/http-endpoints.js';
export type { OriginRule } from './acceptor/origin-policy.js';
export type { OpenSocket, Places, Refusal } from './acceptor/places.js';
export type {
  Acceptor,
  AcceptorContext,
  AcceptorHooks,
  AcceptorMaker,
  ConnectAnswer,
  MovingAcceptor,
  TakenLink,
  TakenState,
} from './acceptor.js';
export { type AppDefinition, type Application, defineApp } from './application.js';
export type { BroadcastOptions, ChannelService } from './channel/channel-service.js';
export * from './channel/pushes.js';
export type { Channel, ChannelMember, Delivery, MemberLike, PushOptions } from './channel.js';
export type { ClientLink, ClientSession, Origin } from './client-link.js';
export { defineCron, defineHandler, defineRemote, defineShared, type Shared } from './definitions.js';
export type { ErrorHandler, Filter, Outcome } from './dispatch/filter.js';
export { composeFilters } from './dispatch/filters/compose.js';
export { type SerialOptions, serialFilter } from './dispatch/filters/serial.js';
export { type TimeoutOptions, timeoutFilter } from './dispatch/filters/timeout.js';
export { type TooBusyOptions, tooBusyFilter } from './dispatch/filters/too-busy.js';
export {
  type CheckedMethod,
  type InputIssue,
  type SchemaInput,
  type SchemaIssue,
  type SchemaOutput,
  type SchemaResult,
  type StandardSchema,
  withInput,
} from './dispatch/input.js';
export type { RateLimit } from './dispatch/rate-limit.js';
export type { RequestContext } from './dispatch/route-context.js';
export type { Rate } from './dispatch/token-bucket.js';
export {
  GameError,
  type GameErrorCode,
  type GameErrorData,
  isGameError,
} from './game-error.js';
export * from './game-errors.js';
export type { GameMeasures } from './game-measures.js';
export type { GateService, GateStrategy, GateTicket } from './gate.js';
export { idEpochMs } from './ids/id-layout.js';
export type { Ids, MonotonicIds } from './ids.js';
export type { Inspector } from './inspector.js';
export type { Lease, LeaseOptions } from './lease.js';
export { defineLifecycle, type Lifecycle, type LifecycleHook } from './lifecycle.js';
export { definePlugin, type Plugin } from './plugin.js';
export type { RemoteContext, RemoteFilter } from './remote/remote-table.js';
export * from './remote/remotes.js';
export type { BroadcastAnswer, RemoteMethod, RpcProxies } from './remote/rpc-proxies.js';
export type { RouteRule } from './routing/type-router.js';
export type { CronRun } from './schedule/cluster-cron.js';
export type { CronService } from './schedule.js';
export type { SessionService } from './session/session-service.js';
export type { Session } from './session.js';
export type { Uid } from './session-names.js';
export type { AtOnce, SharedOptions } from './shared/shared-of.js';
export type { Push, WireFormat, WireFormats } from './wire/push.js';
