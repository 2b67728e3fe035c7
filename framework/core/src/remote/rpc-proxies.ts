import type { RpcNode, TraceParent } from '@pomelo-ts/rpc';
import { gameErrorOf } from '../game-error.js';
import type { TypeRouter } from '../routing/type-router.js';
import type { Tracing } from '../tracing.js';
import type { Remotes } from './remotes.js';

/** What one server answered to a broadcast. */
export type BroadcastAnswer<Value = unknown> =
  | { readonly serverId: string; readonly ok: true; readonly value: Value }
  | { readonly serverId: string; readonly ok: false; readonly error: Error };

/** A method of a remote, as other servers call it. */
export interface RemoteMethod<Args extends unknown[] = unknown[], Value = unknown> {
  /** Calls it on the server that the type's route rule chooses for `routeParam` (a session, or any key). */
  (routeParam: unknown, ...args: Args): Promise<Value>;
  /** Calls it on one server. */
  to(serverId: string): (...args: Args) => Promise<Value>;
  /** Calls it on every ready server of the type; never rejects as a whole. */
  broadcast(...args: Args): Promise<BroadcastAnswer<Value>[]>;
  /** Calls it and wants no answer. Throws when there is nobody to call. */
  notify(routeParam: unknown, ...args: Args): void;
}

type MethodsOf<Remote> = {
  readonly [Name in keyof Remote as Name extends `_${string}`
    ? never
    : Remote[Name] extends (...args: never[]) => unknown
      ? Name
      : never]: Remote[Name] extends (...args: infer Args) => infer Value
    ? RemoteMethod<Args, Awaited<Value>>
    : never;
};

type SaidProxies = {
  readonly [Type in keyof Remotes]: {
    readonly [File in keyof Remotes[Type]]: MethodsOf<Remotes[Type][File]>;
  };
};

type UnsaidProxies = Readonly<
  Record<string, Readonly<Record<string, Readonly<Record<string, RemoteMethod>>>>>
>;

/** `app.rpc.<type>.<remote>.<method>`: those of {@link Remotes}, and no other, once that has any; until then all. */
export type RpcProxies = keyof Remotes extends never ? UnsaidProxies : SaidProxies;

/**
 * Proxies for any type, remote and method: what does not exist is told by the call. With `places` errors tell where the call
 * was made, which costs each call some microseconds.
 */
export function createRpcProxies(
  node: RpcNode,
  router: TypeRouter,
  places = false,
  tracing?: Tracing | undefined,
): RpcProxies {
  const calls = tracing ? tracedCalls(node, tracing) : node;
  const proxies: UnsaidProxies = branch((type) =>
    branch((remote) =>
      branch((method) => {
        const name = `${type}.${remote}.${method}`;
        return remoteMethod(calls, router, type, name, places);
      }),
    ),
  );
  return proxies as RpcProxies;
}

/** An object that makes its members when they are first asked for. */
function branch<T>(make: (name: string) => T): Readonly<Record<string, T>> {
  const members = new Map<string, T>();
  return new Proxy({} as Record<string, T>, {
    get(_target, name) {
      // A promise asks what it is resolved with for `then`; this is none.
      if (typeof name === 'symbol' || name === 'then') return undefined;
      let member = members.get(name);
      if (member === undefined) {
        member = make(name);
        members.set(name, member);
      }
      return member;
    },
  });
}

/** What proxies need of a node. */
type Calls = Pick<RpcNode, 'request' | 'notify'>;

/** The calls of a node as spans. */
function tracedCalls(node: RpcNode, tracing: Tracing): Calls {
  const optionsOf = (trace: TraceParent | undefined) => (trace ? { trace } : undefined);
  return {
    request: (serverId, method, args) =>
      tracing.call(method, serverId, (trace) => node.request(serverId, method, args, optionsOf(trace))),
    notify: (serverId, method, args) =>
      tracing.notify(method, serverId, (trace) => node.notify(serverId, method, args, trace)),
  };
}

function remoteMethod(
  node: Calls,
  router: TypeRouter,
  type: string,
  method: string,
  places: boolean,
): RemoteMethod {
  const callOn = async (serverId: string, args: unknown[]): Promise<unknown> => {
    const place = places ? new Error(method) : undefined;
    try {
      return await node.request(serverId, method, args);
    } catch (error) {
      throw withPlace(gameErrorOf(error), place);
    }
  };
  const call = async (routeParam: unknown, ...args: unknown[]): Promise<unknown> => {
    const place = places ? new Error(method) : undefined;
    try {
      return await node.request(router.pick(type, routeParam), method, args);
    } catch (error) {
      throw withPlace(gameErrorOf(error), place);
    }
  };
  return Object.assign(call, {
    to:
      (serverId: string) =>
      (...args: unknown[]) =>
        callOn(serverId, args),
    broadcast: (...args: unknown[]) =>
      Promise.all(
        router.idsOf(type).map((serverId) =>
          callOn(serverId, args).then(
            (value): BroadcastAnswer => ({ serverId, ok: true, value }),
            (error: Error): BroadcastAnswer => ({ serverId, ok: false, error }),
          ),
        ),
      ),
    notify: (routeParam: unknown, ...args: unknown[]) =>
      node.notify(router.pick(type, routeParam), method, args),
  });
}

/** An answer comes long after its call, so its error knows nothing of that: who did not wait for it finds it by this. */
function withPlace(error: unknown, place: Error | undefined): unknown {
  if (place?.stack === undefined || !(error instanceof Error)) return error;
  const frames = place.stack.slice(place.stack.indexOf('\n    at '));
  error.stack = `${error.stack}\n  called${frames}`;
  return error;
}
