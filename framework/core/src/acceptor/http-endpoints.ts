import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '@pomelo-ts/common';
import { briefError, shorten } from '@pomelo-ts/common/internal';

/** Answers one plain HTTP request; true when it has taken it. */
export type HttpHandler = (request: IncomingMessage, response: ServerResponse, url: URL) => boolean;

/** Plain HTTP beside the client protocol: the health checks, what the game adds, and a clear 404 for the rest. */
export class HttpEndpoints {
  readonly #handlers: HttpHandler[] = [];
  readonly #ready: () => boolean;
  readonly #id: string;
  readonly #logger: Logger;

  constructor(id: string, ready: () => boolean, logger: Logger) {
    this.#id = id;
    this.#ready = ready;
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
    if (!url) answerJson(response, 400, { code: 400, message: 'the address of this request cannot be read' });
    else if (!this.#handlers.some((handler) => this.#ask(handler, request, response, url))) {
      answerJson(response, 404, { code: 404, message: `there is nothing at ${url.pathname}` });
    }
  }

  /** A handler that throws, now or in a promise that it gives, costs its own request only. */
  #ask(handler: HttpHandler, request: IncomingMessage, response: ServerResponse, url: URL): boolean {
    const failed = (error: unknown): true => {
      const path = shorten(url.pathname, 200);
      this.#logger.error(`the HTTP handler for ${path} failed`, { error: briefError(error) });
      if (!response.headersSent) answerJson(response, 500, { code: 500, message: 'the server failed' });
      else response.destroy();
      return true;
    };
    try {
      const taken: unknown = handler(request, response, url);
      if (taken instanceof Promise) taken.catch(failed);
      return Boolean(taken);
    } catch (error) {
      return failed(error);
    }
  }

  #health(_request: IncomingMessage, response: ServerResponse, url: URL): boolean {
    if (url.pathname === '/healthz') answerJson(response, 200, { status: 'ok', id: this.#id });
    else if (url.pathname !== '/readyz') return false;
    else if (this.#ready()) answerJson(response, 200, { status: 'ready', id: this.#id });
    else answerJson(response, 503, { status: 'not ready', id: this.#id });
    return true;
  }
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
