import { PomeloError } from '@pomelo-ts/common';
import type { Service, ServiceMethod } from '../dispatch/app-modules.js';
import { type Filter, runFilters } from '../dispatch/filter.js';

/** One call of a remote while filters and remote work on it. */
export interface RemoteContext {
  /** As the caller named it: `type.remote.method`. */
  readonly method: string;
}

/** Code around remotes: the arguments, the calling server, the context. */
export type RemoteFilter = Filter<unknown[], { readonly id: string }, RemoteContext>;

/** What other servers may call here. */
export class RemoteTable {
  readonly #serverId: string;
  readonly #methods = new Map<string, ServiceMethod>();
  readonly #filters: readonly RemoteFilter[];

  constructor(serverId: string, filters: readonly RemoteFilter[]) {
    this.#serverId = serverId;
    this.#filters = filters;
  }

  /** Takes the methods of the game's remotes, also newer ones later. */
  useServices(serverType: string, services: readonly Service[]): void {
    for (const method of this.#methods.keys()) if (!method.startsWith('sys.')) this.#methods.delete(method);
    for (const { name, methods } of services) {
      for (const [method, call] of methods) this.#methods.set(`${serverType}.${name}.${method}`, call);
    }
  }

  /** Adds one of the framework's own, which no filter sees. */
  addSystem(method: string, call: ServiceMethod): void {
    this.#methods.set(method, call);
  }

  /** Calls `method`. Throws RPC_UNKNOWN_METHOD for what was not exposed. */
  call(method: string, args: unknown[], from: { readonly id: string }): unknown {
    const call = this.#methods.get(method) as ((...args: unknown[]) => unknown) | undefined;
    if (!call) throw new PomeloError('RPC_UNKNOWN_METHOD', { target: this.#serverId, method });
    if (this.#filters.length === 0 || method.startsWith('sys.')) return call(...args);
    return runFilters(this.#filters, args, from, { method }, () => call(...args));
  }
}
