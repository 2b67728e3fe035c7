import type { RpcCodec } from '@pomelo-ts/rpc';
import type { HttpHandler } from '../acceptor/http-endpoints.js';
import type { OriginRule } from '../acceptor/origin-policy.js';
import type { AcceptorHooks, RegisteredAcceptor } from '../acceptor.js';
import type { ErrorHandler, Filter } from '../dispatch/filter.js';
import type { RateLimit } from '../dispatch/rate-limit.js';
import type { RemoteFilter } from '../remote/remote-table.js';
import type { RouteRule } from '../routing/type-router.js';
import type { Session } from '../session.js';
import type { Uid } from '../session-names.js';
import { Inspectors } from './inspectors.js';
import type { OwnedLifecycle } from './lifecycle-of.js';
import type { ModuleSource } from './module-source.js';
import type { PluginSetUp } from './plugin-of.js';

/** What a game has registered with its application. */
export interface Registrations<App> {
  readonly routes: Map<string, RouteRule>;
  readonly filters: Filter[];
  readonly globalFilters: Filter[];
  readonly remoteFilters: RemoteFilter[];
  readonly acceptors: Map<string, RegisteredAcceptor>;
  readonly inspectors: Inspectors;
  readonly httpHandlers: HttpHandler[];
  readonly rateLimits: RateLimit[];
  readonly lifecycles: OwnedLifecycle<App>[];
  readonly plugins: Set<string>;
  readonly pluginSetUps: PluginSetUp[];
  /** Folders whose `app/servers` are read: the game's, and those of plugins. */
  readonly appDirs: string[];
  /** Runs when the services are there, before handlers and remotes are loaded. */
  readonly opening: (() => unknown)[];
  readonly started: (() => unknown)[];
  readonly stopping: (() => unknown)[];
  readonly sessionClosed: ((session: Session, reason: string) => void)[];
  /** On a frontend: a session of its own has got a uid. */
  readonly sessionBound: ((session: Session) => void)[];
  /** On a frontend: `uid` was taken from a session of its own, which goes on. */
  readonly sessionUnbound: ((session: Session, uid: Uid) => void)[];
  onError: ErrorHandler | undefined;
  onConnect: AcceptorHooks['onConnect'] | undefined;
  origins: OriginRule | undefined;
  rpcCodec: RpcCodec | undefined;
  /** Set for an app that was written for another framework. */
  modules: ModuleSource | undefined;
}

/** What there is before a game has said anything. */
export function nothingRegistered<App>(): Registrations<App> {
  return {
    routes: new Map(),
    filters: [],
    globalFilters: [],
    remoteFilters: [],
    acceptors: new Map(),
    inspectors: new Inspectors(),
    httpHandlers: [],
    rateLimits: [],
    lifecycles: [],
    plugins: new Set(),
    pluginSetUps: [],
    appDirs: [],
    opening: [],
    started: [],
    stopping: [],
    sessionClosed: [],
    sessionBound: [],
    sessionUnbound: [],
    onError: undefined,
    onConnect: undefined,
    origins: undefined,
    rpcCodec: undefined,
    modules: undefined,
  };
}
