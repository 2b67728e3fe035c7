import type { Application, RemoteMethod } from '@pomelo-ts/core';
import { tell } from './callback.js';
import { oldErrorOf, resultsOf } from './old-remote.js';
import { OldSession } from './old-session.js';
import type { OldCall, OldCallMessage, RpcFilters } from './rpc-filters.js';
import type { Anything, OldStyle } from './types.js';

/** `(routeParam, msg, app, callback)`: chooses the server of a type, as apps have it. */
export type OldRoute = (
  routeParam: Anything,
  msg: OldCallMessage,
  app: Anything,
  callback: (error: unknown, serverId?: string) => void,
) => unknown;

/** What the calls of an app need. */
export interface RpcHome {
  readonly app: Application;
  readonly style: OldStyle;
  readonly filters: RpcFilters;
  /** The route function of a server type, if the app has one. */
  routeOf(serverType: string): OldRoute | undefined;
  /** What route functions are given as the application. */
  readonly oldApp: unknown;
  /** `rpcErrorHandler` of the app: asked when a filter fails. */
  errorHandler(): unknown;
}

/** `app.rpc.<type>.<remote>.<method>`, in pomelo's words and in pinus'. */
export function oldRpc(home: RpcHome): Anything {
  return branch((type) =>
    branch((service) => branch((method) => methodProxy(home, new Caller(home, type, service, method)))),
  );
}

/** An object that makes its members when they are first asked for. */
function branch(make: (name: string) => unknown): Anything {
  const members = new Map<string, unknown>();
  return new Proxy(
    {},
    {
      get(_target, name) {
        if (typeof name === 'symbol' || name === 'then') return undefined;
        if (!members.has(name)) members.set(name, make(name));
        return members.get(name);
      },
    },
  );
}

function methodProxy({ style }: RpcHome, caller: Caller): Anything {
  const withCallback =
    (call: (args: readonly unknown[]) => Promise<unknown>) =>
    (...args: unknown[]): Promise<unknown> => {
      if (style === 'pinus') return call(args);
      const last = args.at(-1);
      // To pomelo the last argument always is the callback, be it null.
      const callback = last === null || last === undefined || typeof last === 'function' ? last : undefined;
      const promise = call(callback === last ? args.slice(0, -1) : args);
      if (typeof callback !== 'function') return tell(promise, undefined);
      const results = (_error: unknown, value: unknown): unknown => callback(null, ...resultsOf(value));
      void promise.then(
        (value) => results(null, value),
        (error: unknown) => callback(error),
      );
      return promise;
    };
  const proxy = (...args: unknown[]): Promise<unknown> =>
    withCallback((rest) => caller.route(args[0], rest))(...args.slice(1));
  return Object.assign(proxy, {
    toServer: (serverId: string, ...args: unknown[]) =>
      withCallback((rest) => (serverId === '*' ? caller.all(rest) : caller.on(serverId, rest)))(...args),
    route:
      (routeParam: unknown, notify = false) =>
      (...args: unknown[]) =>
        caller.forget(notify, caller.route(routeParam, args)),
    to:
      (serverId: string, notify = false) =>
      (...args: unknown[]) =>
        caller.forget(notify, caller.on(serverId, args)),
    broadcast: (...args: unknown[]) => caller.all(args),
    defaultRoute: (...args: unknown[]) => caller.route(null, args),
  });
}

/** Calls one method of a remote. */
class Caller {
  readonly #home: RpcHome;
  readonly #type: string;
  readonly #service: string;
  readonly #method: string;

  constructor(home: RpcHome, type: string, service: string, method: string) {
    this.#home = home;
    this.#type = type;
    this.#service = service;
    this.#method = method;
  }

  async route(routeParam: unknown, args: readonly unknown[]): Promise<unknown> {
    return this.#call(await this.#pick(routeParam, this.#message(args)), args);
  }

  async on(serverId: string, args: readonly unknown[]): Promise<unknown> {
    return this.#call(serverId, args);
  }

  /** On all servers of the type; rejects when one fails. */
  async all(args: readonly unknown[]): Promise<unknown[]> {
    const ids = this.#home.app.router.idsOf(this.#type);
    return Promise.all(ids.map((id) => this.#call(id, args)));
  }

  /** A call whose answer nobody wants. */
  forget(notify: boolean, call: Promise<unknown>): Promise<unknown> {
    if (!notify) return call;
    call.catch(() => {});
    return Promise.resolve();
  }

  #pick(routeParam: unknown, msg: OldCallMessage): Promise<string> | string {
    const route = this.#home.routeOf(this.#type);
    if (!route) return this.#home.app.router.pick(this.#type, routeParam);
    return new Promise((resolve, reject) => {
      route(routeParam, msg, this.#home.oldApp, (error, serverId) =>
        error ? reject(error) : resolve(String(serverId)),
      );
    });
  }

  #message(args: readonly unknown[]): OldCallMessage {
    return {
      namespace: 'user',
      serverType: this.#type,
      service: this.#service,
      method: this.#method,
      args,
    };
  }

  async #call(serverId: string, args: readonly unknown[]): Promise<unknown> {
    const { filters } = this.#home;
    if (filters.isEmpty) return this.#send(serverId, this.#message(args));
    const call: OldCall = { serverId, msg: this.#message(args), options: {} };
    try {
      await filters.enter(call);
    } catch (error) {
      const handler = this.#home.errorHandler();
      if (typeof handler === 'function') handler(error, call.serverId, call.msg, call.options);
      throw error;
    }
    const value = await this.#send(call.serverId, call.msg);
    await filters.leave(call);
    return value;
  }

  async #send(serverId: string, { serverType, service, method, args }: OldCallMessage): Promise<unknown> {
    const rpc = this.#home.app.rpc as Record<string, Record<string, Record<string, RemoteMethod>>>;
    try {
      return await rpc[serverType]![service]![method]!.to(serverId)(...args);
    } catch (error) {
      throw oldErrorOf(error);
    }
  }
}

/** An app's route function as core's rule, for the requests of clients: they cannot wait for an answer that comes later. */
export function forwardRule(route: OldRoute, serverType: string, oldApp: unknown) {
  return (routeParam: unknown): string => {
    const session = isCoreSession(routeParam) ? new OldSession(routeParam) : routeParam;
    const msg = { namespace: 'sys', serverType, service: 'msgRemote', method: 'forwardMessage', args: [] };
    let chosen: { error?: unknown; serverId?: string | undefined } | undefined;
    route(session, msg, oldApp, (error, serverId) => {
      chosen = { error, serverId };
    });
    if (!chosen)
      throw new Error(
        `app.route('${serverType}') must call its callback before it returns when a client's request is routed: ` +
          'look up what it needs earlier, such as at login, and keep it in the session',
      );
    if (chosen.error) throw chosen.error;
    return String(chosen.serverId);
  };
}

function isCoreSession(value: unknown): value is ConstructorParameters<typeof OldSession>[0] {
  if (typeof value !== 'object' || value === null || value instanceof OldSession) return false;
  return 'frontendId' in value && 'onClosed' in value;
}
