import type { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '@pomelo-ts/common';
import { briefError, shorten } from '@pomelo-ts/common/internal';

/** Answers one plain HTTP request; true when it has taken it. */
export type HttpHandler = (request: IncomingMessage, response: ServerResponse, url: URL) => boolean;

/** Whether a frontend takes clients: a load balancer sends new ones to those that are `ready` alone. */
export type FrontendReadiness = 'ready' | 'draining' | 'not ready';

/** Plain HTTP beside the client protocol: the health checks, what the game adds, and a clear 404 for the rest. */
export class HttpEndpoints {
  readonly #handlers: HttpHandler[] = [];
  readonly #readiness: () => FrontendReadiness;
  readonly #id: string;
  readonly #logger: Logger;

  constructor(id: string, readiness: () => FrontendReadiness, logger: Logger) {
    this.#id = id;
    this.#readiness = readiness;
    this.#logger = logger;
    this.add((request, response, url) => this.#health(request, response, url));
  }

  add(handler: HttpHandler): void {
    this.#handlers.push(handler);
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    // A health check's connection must not stay among the players' ones.
    response.setHeader('connection', 'close');
    const url = urlOf(request);
    if (!url) {
      answerJson(response, 400, { code: 400, message: 'the address of this request cannot be read' });
      return;
    }
    const failed = this.#faultsOf(url, response);
    // What happens to this request later is its own fault too, and never the end of the server.
    response.on('error', failed);
    catchIn(request, failed);
    catchIn(response, failed);
    if (this.#handlers.some((handler) => ask(handler, request, response, url, failed))) return;
    answerJson(response, 404, { code: 404, message: `there is nothing at ${url.pathname}` });
  }

  /** Gives what hears of all that goes wrong with one request: it is told once, and the client is answered if that can still be. */
  #faultsOf(url: URL, response: ServerResponse): (error: unknown) => void {
    let told = false;
    return (error) => {
      if (told) return;
      told = true;
      const path = shorten(url.pathname, 200);
      this.#logger.error(`the HTTP handler for ${path} failed`, { error: briefError(error) });
      if (response.writableEnded) return; // the answer is on its way
      if (response.headersSent || response.destroyed) response.destroy();
      else answerFailure(response);
    };
  }

  #health(_request: IncomingMessage, response: ServerResponse, url: URL): boolean {
    if (url.pathname !== '/healthz' && url.pathname !== '/readyz') return false;
    const id = this.#id;
    const status = this.#readiness();
    if (url.pathname === '/readyz') answerJson(response, status === 'ready' ? 200 : 503, { status, id });
    else answerJson(response, 200, { status: status === 'draining' ? status : 'ok', id });
    return true;
  }
}

/** Whether a handler has taken a request. One that throws, now or in a promise that it gives, has. */
function ask(
  handler: HttpHandler,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  failed: (error: unknown) => void,
): boolean {
  try {
    const taken: unknown = handler(request, response, url);
    if (isThenable(taken)) taken.then(undefined, failed);
    return Boolean(taken);
  } catch (error) {
    failed(error);
    return true;
  }
}

/** Has `failed` hear of what listeners of `emitter` throw: a JSON.parse at the end of a body, say. */
function catchIn(emitter: EventEmitter, failed: (error: unknown) => void): void {
  const emit = emitter.emit.bind(emitter);
  emitter.emit = (event: string | symbol, ...args: unknown[]): boolean => {
    try {
      return emit(event, ...args);
    } catch (error) {
      failed(error);
      return true;
    }
  };
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null)?.then === 'function';
}

/** What the handler has said of its own answer is not true of this one. */
function answerFailure(response: ServerResponse): void {
  for (const name of response.getHeaderNames()) if (name !== 'connection') response.removeHeader(name);
  answerJson(response, 500, { code: 500, message: 'the server failed' });
}

/** Answers with `body` as JSON. */
export function answerJson(response: ServerResponse, status: number, body: unknown): void {
  const text = `${JSON.stringify(body)}\n`;
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
  });
  response.end(text);
}

function urlOf(request: IncomingMessage): URL | undefined {
  const text = request.url ?? '/';
  return URL.canParse(text, 'http://server') ? new URL(text, 'http://server') : undefined;
}
