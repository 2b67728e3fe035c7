import { PomeloError } from '@pomelo-ts/common';
import { type Filter, runFilters } from '../dispatch/filter.js';
import type { CoreMeasures } from '../measures.js';
import type { Service, ServiceMethod } from '../service.js';
import type { ToldTrace, Tracing } from '../tracing.js';

/** One call of a remote while filters and remote work on it. */
export interface RemoteContext {
  /** As the caller named it: `type.remote.method`. */
  readonly method: string;
}

/** Code around remotes: the arguments, the calling server, the context. */
export type RemoteFilter = Filter<unknown[], { readonly id: string }, RemoteContext>;

/** A method that others may call. */
interface Exposed {
  readonly call: (...args: unknown[]) => unknown;
  /** Whether it is one of the framework's own. */
  readonly system: boolean;
}

/** What other servers may call here. */
export class RemoteTable {
  readonly #serverId: string;
  readonly #methods = new Map<string, Exposed>();
  readonly #filters: readonly RemoteFilter[];
  readonly #counters: CoreMeasures;
  readonly #tracing: Tracing | undefined;

  constructor(
    serverId: string,
    filters: readonly RemoteFilter[],
    counters: CoreMeasures,
    tracing?: Tracing | undefined,
  ) {
    this.#serverId = serverId;
    this.#counters = counters;
    this.#tracing = tracing;
    this.#filters = filters;
  }

  /** Takes the methods of the game's remotes, also newer ones later. */
  useServices(serverType: string, services: readonly Service[]): void {
    for (const [method, { system }] of this.#methods) if (!system) this.#methods.delete(method);
    for (const { name, methods } of services) {
      for (const [method, call] of methods)
        this.#methods.set(`${serverType}.${name}.${method}`, exposed(call, false));
    }
  }

  /** Adds one of the framework's own, which no filter sees. */
  addSystem(method: string, call: ServiceMethod): void {
    this.#methods.set(method, exposed(call, true));
  }

  /** As {@link call}, but none of the framework's own. */
  callOfGame(method: string, args: unknown[], from: { readonly id: string }): unknown {
    if (this.#methods.get(method)?.system !== false)
      throw new PomeloError('RPC_UNKNOWN_METHOD', { target: this.#serverId, method });
    return this.call(method, args, from);
  }

  /** Calls `method`. Throws RPC_UNKNOWN_METHOD for what was not exposed. */
  call(method: string, args: unknown[], from: { readonly id: string }, trace?: ToldTrace): unknown {
    const known = this.#methods.get(method);
    if (!known) throw new PomeloError('RPC_UNKNOWN_METHOD', { target: this.#serverId, method });
    const { call, system } = known;
    if (system) return call(...args);
    this.#counters.codeBegun.add();
    if (this.#tracing !== undefined)
      return this.#tracing.remote(trace, method, from.id, () => this.#run(method, call, args, from));
    return this.#run(method, call, args, from);
  }

  #run(method: string, call: Exposed['call'], args: unknown[], from: { readonly id: string }): unknown {
    if (this.#filters.length === 0) return call(...args);
    return runFilters(this.#filters, args, from, { method }, () => call(...args));
  }
}

const exposed = (call: ServiceMethod, system: boolean): Exposed => ({
  call: call as Exposed['call'],
  system,
});
