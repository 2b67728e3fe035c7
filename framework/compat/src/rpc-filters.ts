import { performance } from 'node:perf_hooks';
import type { Logger } from '@pomelo-ts/common';
import { tooBusyFilter } from '@pomelo-ts/core';
import type { Anything } from './types.js';

/** One call of a remote on its way out of this server. */
export interface OldCall {
  serverId: string;
  msg: OldCallMessage;
  options: Anything;
}

/** What is called, as pomelo's route functions and filters see it. */
export interface OldCallMessage {
  readonly namespace: string;
  readonly serverType: string;
  readonly service: string;
  readonly method: string;
  readonly args: readonly unknown[];
}

type RpcStep = (serverId: string, msg: OldCallMessage, options: Anything, next: Next) => unknown;
type Next = (...given: unknown[]) => void;

/** A filter around calls of remotes: one function, or an object with `before` and `after`. */
export type OldRpcFilter = RpcStep | { before?: RpcStep; after?: RpcStep };

/** The filters around the calls that this server makes. */
export class RpcFilters {
  readonly #befores: { fn: RpcStep; owner: unknown }[] = [];
  readonly #afters: { fn: RpcStep; owner: unknown }[] = [];

  get isEmpty(): boolean {
    return this.#befores.length === 0 && this.#afters.length === 0;
  }

  before(filter: OldRpcFilter): void {
    const fn = typeof filter === 'function' ? filter : filter.before;
    if (fn) this.#befores.push({ fn, owner: filter });
  }

  after(filter: OldRpcFilter): void {
    const fn = typeof filter === 'function' ? filter : filter.after;
    if (fn) this.#afters.push({ fn, owner: filter });
  }

  /** Runs the befores, which may change where the call goes and what it says; rejects with the error of one. */
  async enter(call: OldCall): Promise<void> {
    for (const one of this.#befores) await this.#run(one, call);
  }

  async leave(call: OldCall): Promise<void> {
    for (const one of [...this.#afters].reverse()) await this.#run(one, call);
  }

  /** `next()`, `next(error)`, or `next(serverId, msg, options)`: anything that is an Error ends the call. */
  #run({ fn, owner }: { fn: RpcStep; owner: unknown }, call: OldCall): Promise<void> {
    return new Promise((resolve, reject) => {
      fn.call(owner, call.serverId, call.msg, call.options, (first, msg, options) => {
        if (first instanceof Error) return reject(first);
        if (typeof first === 'string') call.serverId = first;
        if (msg) call.msg = msg as OldCallMessage;
        if (options) call.options = options;
        resolve();
      });
    });
  }
}

/** Logs how long each call takes. */
export function rpcLog(logger: () => Logger): () => OldRpcFilter {
  return function log() {
    const begun = new WeakMap<object, number>();
    return {
      before(_serverId, msg, _options, next) {
        begun.set(msg, performance.now());
        next();
      },
      after(serverId, msg, _options, next) {
        const timeUsed = Math.round(performance.now() - (begun.get(msg) ?? performance.now()));
        logger().info('rpc', { route: `${msg.serverType}.${msg.service}.${msg.method}`, serverId, timeUsed });
        next();
      },
    };
  };
}

/** Calls fail while the delay of the event loop is over `maxLagMs`. */
export function rpcTooBusy(maxLagMs = 70): OldRpcFilter {
  const filter = tooBusyFilter({ maxLagMs });
  return {
    async before(_serverId, msg, _options, next) {
      try {
        await filter.before?.(msg.args, undefined as never, { route: msg.method } as never);
        next();
      } catch (error) {
        next(error);
      }
    },
  };
}
