import { createHash, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { hearAcceptFailures } from '../accept-failures.js';
import { systemClock } from '../clock.js';
import { reasonOf } from '../errors.js';
import type { Logger } from '../logger.js';
import { expositionType } from '../measures/exposition.js';
import type { HealthReport } from './health.js';

/** What an {@link OpsPort} is opened with. */
export interface OpsPortOptions {
  readonly host: string;
  readonly port: number;
  /** Name of the process in answers. */
  readonly id: string;
  /** What whoever reads `/metrics` must bring as a bearer token. @default nothing: who reaches the port may read */
  readonly metricsToken?: string | undefined;
  /** Measures in the text that Prometheus reads. */
  metrics(): string;
  health(): HealthReport;
  /** Whether this process should be sent work. */
  ready(): boolean;
  readonly logger: Logger;
}

/** How long one answer stands at least, in ms: whoever asks more often gets the same again. */
const standsMs = 250;
/** It stands for so many times as long as it took to be made, too: those who ask take a tenth of the time of the process at most. */
const standsTimes = 10;
/** Most connections at once; what monitors a process needs a few. */
const mostConnections = 64;
/** Most requests of one connection that wait for their answers. */
const mostPipelined = 16;
/** How long a request may take to come, an answer to leave, and a connection may wait for the next request, in ms. */
const requestMs = 5000;
const leaveMs = 10_000;
const idleMs = 20_000;
/** How often Node looks for requests that take too long. */
const lookMs = 1000;

interface Answer {
  readonly status: number;
  readonly type: string;
  /** All who ask share it, however slowly they read. */
  readonly body: Buffer;
}

/** An answer that has been made, and until when it stands. */
interface Made {
  readonly until: number;
  readonly answer: Answer;
}

/**
 * `/metrics`, `/health`, `/healthz` and `/readyz` by HTTP, for the machines that monitor a process. They tell no secrets and change nothing, so
 * nobody signs in; whom the port's address lets in may read, `/metrics` by a token where one is set.
 */
export class OpsPort {
  readonly #server: Server;
  readonly #options: OpsPortOptions;
  readonly #answers = new Map<string, Made>();
  readonly #waiting: (() => void)[] = [];
  /** How many requests of a connection are not answered yet. */
  readonly #pending = new WeakMap<Socket, number>();

  private constructor(options: OpsPortOptions) {
    this.#options = options;
    this.#server = createServer({
      requestTimeout: requestMs,
      headersTimeout: requestMs,
      keepAliveTimeout: idleMs,
      connectionsCheckingInterval: lookMs,
    });
    this.#server.maxConnections = mostConnections;
    this.#server.on('request', (request, response) => this.#take(request, response));
  }

  /** @throws the error of the system, such as EADDRINUSE */
  static async open(options: OpsPortOptions): Promise<OpsPort> {
    const opened = new OpsPort(options);
    const { host, port } = options;
    opened.#server.listen(port, host);
    await once(opened.#server, 'listening');
    const { logger } = options;
    hearAcceptFailures(opened.#server, {
      name: 'the port for metrics and health',
      clock: systemClock,
      logger,
    });
    return opened;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  /** Requests are answered one a turn, so that many that come together leave room for what else the process does. */
  #take(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    const pending = (this.#pending.get(socket) ?? 0) + 1;
    if (pending > mostPipelined) {
      socket.destroy();
      return;
    }
    this.#pending.set(socket, pending);
    const deadline = setTimeout(() => socket.destroy(), leaveMs);
    response.on('error', () => {}); // whoever asked is gone
    response.on('close', () => {
      clearTimeout(deadline);
      this.#pending.set(socket, this.#pending.get(socket)! - 1);
    });
    if (this.#waiting.push(() => this.#serve(request, response)) === 1) setImmediate(() => this.#serveNext());
  }

  #serveNext(): void {
    this.#waiting[0]!();
    this.#waiting.shift();
    if (this.#waiting.length > 0) setImmediate(() => this.#serveNext());
  }

  #serve({ method, url = '/', headers }: IncomingMessage, response: ServerResponse): void {
    if (response.destroyed) return;
    const { status, type, body } =
      method === 'GET' || method === 'HEAD'
        ? this.#answerTo(url, headers.authorization)
        : json(405, { message: 'expected GET or HEAD' });
    response.writeHead(status, {
      'content-type': type,
      'content-length': body.length,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...(status === 405 && { allow: 'GET, HEAD' }),
      ...(status === 401 && { 'www-authenticate': 'Bearer' }),
    });
    response.end(method === 'HEAD' ? undefined : body);
  }

  #answerTo(url: string, authorization: string | undefined): Answer {
    const path = url.split('?', 1)[0]!;
    if (path === '/metrics' && !this.#lets(authorization))
      return json(401, {
        message: 'expected the header "authorization: Bearer <token>" with the token of `metricsTokenFile`',
      });
    const make = this.#maker(path);
    if (!make) return json(404, { message: 'expected /metrics, /health, /healthz or /readyz' });
    const known = this.#answers.get(path);
    const begun = performance.now();
    if (known && begun < known.until) return known.answer;
    const answer = this.#made(path, make);
    const now = performance.now();
    this.#answers.set(path, { until: now + Math.max(standsMs, standsTimes * (now - begun)), answer });
    return answer;
  }

  /** Takes as long for a token that is nearly right as for any other one. */
  #lets(authorization: string | undefined): boolean {
    const { metricsToken } = this.#options;
    if (metricsToken === undefined) return true;
    return timingSafeEqual(digestOf(authorization ?? ''), digestOf(`Bearer ${metricsToken}`));
  }

  #made(path: string, make: () => Answer): Answer {
    try {
      return make();
    } catch (error) {
      this.#options.logger.error(`${path} could not be answered`, { error });
      return json(500, { message: reasonOf(error) });
    }
  }

  #maker(path: string): (() => Answer) | undefined {
    const { id, metrics, health, ready } = this.#options;
    if (path === '/metrics')
      return () => ({ status: 200, type: expositionType, body: Buffer.from(metrics()) });
    if (path === '/healthz') return () => json(200, { status: 'ok', id });
    if (path === '/readyz')
      return () => (ready() ? json(200, { status: 'ready', id }) : json(503, { status: 'not ready', id }));
    if (path !== '/health') return undefined;
    return () => {
      const report = health();
      return json(report.status === 'DOWN' ? 503 : 200, report);
    };
  }
}

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();

function json(status: number, body: unknown): Answer {
  const text = `${JSON.stringify(body)}\n`;
  return { status, type: 'application/json; charset=utf-8', body: Buffer.from(text) };
}
