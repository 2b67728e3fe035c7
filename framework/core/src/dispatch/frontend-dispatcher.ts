import { type Counters, PomeloError } from '@pomelo-ts/common';
import {
  largestRouteBytes,
  MessageView,
  messageHeadBytes,
  messageType,
  ProtocolError,
  packageType,
  readMessage,
  writeMessageHead,
} from '@pomelo-ts/protocol';
import type { ClientConnection } from '../acceptor/client-connection.js';
import { openPackageFrame } from '../acceptor/package-frame.js';
import type { ForwardAnswers, Forwarder, ForwardTarget } from '../forward/forwarder.js';
import type { ClientFormat } from '../wire/client-format.js';
import { answered, type Dispatcher, type LocalRoute } from './dispatcher.js';
import type { Filter } from './filter.js';
import type { RateLimiter } from './rate-limit.js';
import { type RouteParts, splitRoute } from './route-context.js';

/** Where a route leads: to this server's own handlers, or to another type. */
interface Target extends ForwardTarget, RouteParts {
  readonly local: LocalRoute | undefined;
}

/** Routes of clients that are remembered; far more than any game has, and a bound on what clients can invent. */
const maxTargets = 10_000;

/** Requests of clients that have gone that may still be worked on for one address; whoever comes and goes cannot have more. */
const maxGone = 5000;

/** Whether clients may have requests forwarded to servers of a type: `absent` when none of them has joined yet. */
export type TypeStanding = 'backend' | 'absent' | 'closed';

/** Settings of a {@link FrontendDispatcher}. */
export interface FrontendDispatcherOptions {
  readonly serverType: string;
  readonly format: ClientFormat;
  readonly dispatcher: Dispatcher;
  readonly forwarder: Forwarder;
  readonly globalFilters: readonly Filter[];
  /** Requests of one client that may wait for their answers, so that one client cannot take what all share. */
  readonly maxPendingRequests: number;
  /** Bounds on what clients send, if the game has any. */
  readonly rateLimiter: RateLimiter | undefined;
  standingOf(type: string): TypeStanding;
  readonly counters: Counters;
}

/** Takes the messages of a frontend's clients: handles those for its own type, and forwards all others as they came. */
export class FrontendDispatcher {
  /** Whether this server is about to stop, so that it begins nothing new. */
  stopping = false;
  readonly #options: FrontendDispatcherOptions;
  readonly #limiter: RateLimiter | undefined;
  readonly #maxPending: number;
  readonly #view = new MessageView();
  readonly #byRoute = new Map<string, Target>();
  readonly #byCode: (Target | undefined)[] = [];
  readonly #answers: ForwardAnswers = {
    body: answer,
    error: (connection, messageId, route, error) => this.#fail(connection, messageId, route, error),
  };

  constructor(options: FrontendDispatcherOptions) {
    this.#options = options;
    this.#limiter = options.rateLimiter;
    this.#maxPending = options.maxPendingRequests;
  }

  /** Has each route looked up anew: which types clients may reach has changed. */
  forgetRoutes(): void {
    this.#byRoute.clear();
    this.#byCode.length = 0;
  }

  /** Takes the message in `bytes[start..end)`. Throws ProtocolError for what is none. */
  receive(connection: ClientConnection, bytes: Uint8Array, start: number, end: number): void {
    const view = this.#view;
    readMessage(bytes, start, end, view);
    if (view.type > messageType.notify) throw new ProtocolError('MESSAGE_TYPE', { type: view.type });
    const { id, bodyStart, bodyEnd } = view;
    if (id !== 0 && (++connection.waiting > this.#maxPending || connection.origin.gone > maxGone)) {
      this.#tooMany(connection, id, view);
      return;
    }
    const target = view.routeCode === 0 ? this.#targetOf(view.route) : this.#targetOfCode(view.routeCode);
    if (this.#limiter && !this.#isWithin(this.#limiter, connection, id, target, view, end - start)) return;
    if (!target) this.#unknown(connection, id, view);
    else if (this.stopping) {
      this.#fail(connection, id, target.route, new PomeloError('RPC_CLOSED', { method: target.route }));
    } else if (this.#options.globalFilters.length === 0) {
      this.#route(connection, target, id, bytes, bodyStart, bodyEnd);
    } else this.#runGlobal(connection, target, id, bytes, bodyStart, bodyEnd);
  }

  /** Counts the message; whether it may pass. */
  #isWithin(
    limiter: RateLimiter,
    connection: ClientConnection,
    id: number,
    target: Target | undefined,
    view: MessageView,
    bytes: number,
  ): boolean {
    const route = target?.route ?? nameOf(view);
    const verdict = limiter.take(connection, route, bytes);
    if (!verdict) return true;
    if (verdict.action === 'close') {
      if (id !== 0) connection.waiting--; // it is never answered
      connection.kick('rate limit');
    } else {
      const { retryAfterMs } = verdict;
      const facts = { route, ms: retryAfterMs };
      this.#fail(connection, id, route, new PomeloError('RATE_LIMITED', facts, { data: { retryAfterMs } }));
    }
    return false;
  }

  #route(
    connection: ClientConnection,
    target: Target,
    id: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): void {
    const { dispatcher, forwarder } = this.#options;
    if (!target.local) {
      forwarder.forward(connection, target, id, bytes, start, end, this.#answers);
      return;
    }
    const reply = id === 0 ? undefined : (body: Uint8Array) => answer(connection, id, body, 0, body.length);
    dispatcher.dispatch(target.local, bytes, start, end, connection.session, reply);
  }

  /** As {@link #route}, for a body that filters have seen: what they have changed in it goes on. */
  #routeDecoded(
    connection: ClientConnection,
    target: Target,
    id: number,
    msg: unknown,
    answers: ForwardAnswers,
  ): void {
    const { dispatcher, forwarder, format } = this.#options;
    if (!target.local) {
      const body = format.encodeRequest(target.route, msg);
      forwarder.forward(connection, target, id, body, 0, body.length, answers);
      return;
    }
    const reply =
      id === 0 ? undefined : (body: Uint8Array) => answers.body(connection, id, body, 0, body.length);
    dispatcher.run(target.local, msg, connection.session, reply);
  }

  #runGlobal(
    connection: ClientConnection,
    target: Target,
    id: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): void {
    const { globalFilters, dispatcher } = this.#options;
    const { session } = connection;
    const once = new SingleAnswer(this.#answers);
    const reply =
      id === 0 ? undefined : (body: Uint8Array) => once.body(connection, id, body, 0, body.length);
    let msg: unknown;
    try {
      msg = dispatcher.decode(target.route, bytes, start, end);
    } catch (error) {
      dispatcher.fail(target.route, error, reply);
      return;
    }
    if (id === 0 && !dispatcher.takesNotify(session)) return;
    const call = (): unknown => {
      // The befores may have taken long: a session that has ended would never be forgotten by its backend.
      if (connection.closed) {
        reply?.(new Uint8Array(0));
        return answered;
      }
      this.#routeDecoded(connection, target, id, msg, once);
      return id === 0 ? answered : once.sent;
    };
    dispatcher.runAround(globalFilters, target, msg, session, call, reply);
  }

  #targetOf(route: string): Target | undefined {
    const known = this.#byRoute.get(route);
    if (known) return known;
    const parts = splitRoute(route);
    if (!parts) return undefined;
    const own = parts.serverType === this.#options.serverType;
    const local = own ? this.#options.dispatcher.find(route) : undefined;
    const standing = own ? 'backend' : this.#options.standingOf(parts.serverType);
    if ((own && !local) || standing === 'closed') return undefined;
    const routeBytes = Buffer.from(route);
    // Bytes that are no UTF-8 grow when they are written again: a backend would read another route than this server.
    if (routeBytes.length > largestRouteBytes) return undefined;
    const target = { ...parts, local, routeBytes };
    if (standing === 'backend') this.#remember(target);
    return target;
  }

  /** Whoever fills the memory with invented routes only costs the known ones one more look. */
  #remember(target: Target): void {
    if (this.#byRoute.size >= maxTargets) this.#byRoute.clear();
    this.#byRoute.set(target.route, target);
  }

  #targetOfCode(code: number): Target | undefined {
    const known = this.#byCode[code];
    if (known) return known;
    const route = this.#options.format.dictionary?.routeOf(code);
    if (route === undefined) return undefined;
    const target = this.#targetOf(route);
    if (target && this.#byRoute.has(route)) this.#byCode[code] = target;
    return target;
  }

  #unknown(connection: ClientConnection, id: number, view: MessageView): void {
    this.#options.counters.add('request.unknownRoutes');
    const route = nameOf(view);
    const code = view.routeCode === 0 && !splitRoute(route) ? 'ROUTE_INVALID' : 'ROUTE_UNKNOWN';
    this.#fail(connection, id, route, new PomeloError(code, { route }));
  }

  #tooMany(connection: ClientConnection, id: number, view: MessageView): void {
    this.#options.counters.add('request.tooMany');
    const route = nameOf(view);
    const count = Math.max(this.#maxPending, connection.origin.gone);
    this.#fail(connection, id, route, new PomeloError('REQUEST_QUEUE_FULL', { count, route }));
  }

  #fail(connection: ClientConnection, id: number, route: string, error: unknown): void {
    const reply = id === 0 ? undefined : (body: Uint8Array) => answer(connection, id, body, 0, body.length);
    this.#options.dispatcher.fail(route, error, reply);
  }
}

/** The answer to a request that passes global filters: the first one is sent, and no other. */
class SingleAnswer implements ForwardAnswers {
  /** Resolves with `answered` once an answer was sent. */
  readonly sent: Promise<typeof answered>;
  readonly #answers: ForwardAnswers;
  #resolve!: (value: typeof answered) => void;
  #done = false;

  constructor(answers: ForwardAnswers) {
    this.#answers = answers;
    this.sent = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  body(connection: ClientConnection, id: number, bytes: Uint8Array, start: number, end: number): void {
    if (this.#first()) this.#answers.body(connection, id, bytes, start, end);
  }

  error(connection: ClientConnection, id: number, route: string, error: unknown): void {
    if (this.#first()) this.#answers.error(connection, id, route, error);
  }

  #first(): boolean {
    if (this.#done) return false;
    this.#done = true;
    this.#resolve(answered);
    return true;
  }
}

function nameOf(view: MessageView): string {
  return view.routeCode === 0 ? view.route : `code ${view.routeCode}`;
}

/** Sends `bytes[start..end)` as the answer to a client's message: head and body in one buffer. */
function answer(
  connection: ClientConnection,
  id: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): void {
  const bodyBytes = end - start;
  const headBytes = messageHeadBytes(messageType.response, id, '');
  const frame = openPackageFrame(packageType.data, headBytes + bodyBytes);
  const at = frame.length - bodyBytes;
  writeMessageHead(frame, at - headBytes, messageType.response, id, '');
  frame.set(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end), at);
  connection.sendAnswer(frame);
}
