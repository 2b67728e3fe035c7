import type { Application, RequestContext } from '@pomelo-ts/core';
import type { ServiceMethod } from '@pomelo-ts/core/internal';
import { globalFilter, oldRequest } from './global-filter.js';
import type { OldFilter } from './old-filter.js';
import { adaptHandler } from './old-handler.js';
import { RequestChain } from './request-chain.js';
import type { OldStyle } from './types.js';

/** The way of clients' requests through an app: its filters, error handlers and handlers. */
export class RequestPath {
  /** Around the handlers of this server. */
  readonly own: RequestChain;
  /** Around all requests of a frontend. */
  readonly global: RequestChain;
  readonly #app: Application;
  readonly #style: OldStyle;
  readonly #inside: <T>(fn: () => T) => T;
  /** Bodies with their requests: handlers are given the body alone. */
  readonly #contexts = new WeakMap<object, RequestContext>();

  constructor(
    app: Application,
    style: OldStyle,
    setting: (key: string) => unknown,
    inside: <T>(fn: () => T) => T,
  ) {
    this.#app = app;
    this.#style = style;
    this.#inside = inside;
    this.own = new RequestChain(app, style, () => setting('errorHandler'));
    this.global = new RequestChain(app, style, () => setting('globalErrorHandler'));
    app.filter({ before: (msg, _session, context) => void this.#contexts.set(msg as object, context) });
  }

  /** Puts the global filters to work, if there are any: with one, forwarded bodies are decoded on the frontend too. */
  open(): void {
    if (!this.global.hasFilters) return;
    const requestOf: typeof oldRequest = (msg, session, context) => {
      // Not enumerable: it is for the filters, and no part of the body that goes on to the handler.
      if (this.#style === 'pomelo')
        Object.defineProperty(msg, '__route__', { value: context.route, configurable: true, writable: true });
      return oldRequest(msg, session, context);
    };
    this.#app.globalFilter(globalFilter(this.global, requestOf, this.#inside, this.#app.logger));
  }

  filter(filter: OldFilter): void {
    this.own.filter(filter);
  }

  /** A method of a handler as core calls it. */
  handler(handler: string, instance: object, method: string): ServiceMethod {
    const { serverType } = this.#app;
    const route = `${serverType}.${handler}.${method}`;
    const home = {
      style: this.#style,
      chain: this.own,
      contextOf: (msg: object) => this.#contexts.get(msg),
      inside: this.#inside,
    };
    return adaptHandler(home, { route, serverType, handler, method }, instance, method);
  }
}
