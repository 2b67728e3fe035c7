import type { RpcNode } from '@pomelo-ts/rpc';
import type { TypeRouter } from './type-router.js';

/** What one server answered to a broadcast. */
export type BroadcastAnswer =
  | { readonly serverId: string; readonly ok: true; readonly value: unknown }
  | { readonly serverId: string; readonly ok: false; readonly error: Error };

/** A method of a remote, as other servers call it. */
export interface RemoteMethod {
  /** Calls it on the server that the type's route rule chooses for `routeParam` (a session, or any key). */
  (routeParam: unknown, ...args: unknown[]): Promise<unknown>;
  /** Calls it on one server. */
  to(serverId: string): (...args: unknown[]) => Promise<unknown>;
  /** Calls it on every ready server of the type; never rejects as a whole. */
  broadcast(...args: unknown[]): Promise<BroadcastAnswer[]>;
  /** Calls it and wants no answer. Throws when there is nobody to call. */
  notify(routeParam: unknown, ...args: unknown[]): void;
}

/** `app.rpc.<type>.<remote>.<method>`. */
export type RpcProxies = Readonly<
  Record<string, Readonly<Record<string, Readonly<Record<string, RemoteMethod>>>>>
>;

/** Proxies for any type, remote and method: what does not exist is told by the call. */
export function createRpcProxies(node: RpcNode, router: TypeRouter): RpcProxies {
  return branch((type) =>
    branch((remote) => branch((method) => remoteMethod(node, router, type, `${type}.${remote}.${method}`))),
  );
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

function remoteMethod(node: RpcNode, router: TypeRouter, type: string, method: string): RemoteMethod {
  const call = async (routeParam: unknown, ...args: unknown[]): Promise<unknown> =>
    node.request(router.pick(type, routeParam), method, args);
  return Object.assign(call, {
    to:
      (serverId: string) =>
      (...args: unknown[]) =>
        node.request(serverId, method, args),
    broadcast: (...args: unknown[]) =>
      Promise.all(
        router.idsOf(type).map((serverId) =>
          node.request(serverId, method, args).then(
            (value): BroadcastAnswer => ({ serverId, ok: true, value }),
            (error: Error): BroadcastAnswer => ({ serverId, ok: false, error }),
          ),
        ),
      ),
    notify: (routeParam: unknown, ...args: unknown[]) =>
      node.notify(router.pick(type, routeParam), method, args),
  });
}
