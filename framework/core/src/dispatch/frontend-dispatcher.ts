import { type Counters, PomeloError } from '@pomelo-ts/common';
import {
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
import type { Dispatcher, LocalRoute } from './dispatcher.js';
import { type Filter, runFilters } from './filter.js';
import { RequestContext, splitRoute } from './route-context.js';

/** Where a route leads: to this server's own handlers, or to another type. */
interface Target extends ForwardTarget {
  readonly local: LocalRoute | undefined;
}

/** Routes of clients that are remembered; far more than any game has, and a bound on what clients can invent. */
const maxTargets = 10_000;

/** A global filter let the request through, and its answer has been sent. */
const sent = Symbol('sent');

/** Settings of a {@link FrontendDispatcher}. */
export interface FrontendDispatcherOptions {
  readonly serverType: string;
  readonly format: ClientFormat;
  readonly dispatcher: Dispatcher;
  readonly forwarder: Forwarder;
  readonly globalFilters: readonly Filter[];
  /** Whether clients may have requests forwarded to servers of this type. */
  isBackend(type: string): boolean;
  readonly counters: Counters;
}

/** Takes the messages of a frontend's clients: handles those for its own type, and forwards all others as they came. */
export class FrontendDispatcher {
  readonly #options: FrontendDispatcherOptions;
  readonly #view = new MessageView();
  readonly #byRoute = new Map<string, Target>();
  readonly #byCode: (Target | undefined)[] = [];
  readonly #answers: ForwardAnswers = {
    body: answer,
    error: (connection, messageId, route, error) => this.#fail(connection, messageId, route, error),
  };

  constructor(options: FrontendDispatcherOptions) {
    this.#options = options;
  }

  /** Takes the message in `bytes[start..end)`. Throws ProtocolError for what is none. */
  receive(connection: ClientConnection, bytes: Uint8Array, start: number, end: number): void {
    const view = this.#view;
    readMessage(bytes, start, end, view);
    if (view.type > messageType.notify) throw new ProtocolError('MESSAGE_TYPE', { type: view.type });
    const { id, bodyStart, bodyEnd } = view;
    const target = view.routeCode === 0 ? this.#targetOf(view.route) : this.#targetOfCode(view.routeCode);
    if (!target) this.#unknown(connection, id, view);
    else if (this.#options.globalFilters.length === 0) {
      this.#route(connection, target, id, bytes, bodyStart, bodyEnd, this.#answers);
    } else this.#runGlobal(connection, target, id, bytes, bodyStart, bodyEnd);
  }

  #route(
    connection: ClientConnection,
    target: Target,
    id: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    answers: ForwardAnswers,
  ): void {
    const { dispatcher, forwarder } = this.#options;
    if (!target.local) {
      forwarder.forward(connection, target, id, bytes, start, end, answers);
      return;
    }
    const reply =
      id === 0 ? undefined : (body: Uint8Array) => answers.body(connection, id, body, 0, body.length);
    dispatcher.dispatch(target.local, bytes, start, end, connection.session, reply);
  }

  #runGlobal(
    connection: ClientConnection,
    target: Target,
    id: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): void {
    const { globalFilters, format, dispatcher } = this.#options;
    const reply = id === 0 ? undefined : (body: Uint8Array) => answer(connection, id, body, 0, body.length);
    let msg: unknown;
    try {
      msg = format.decodeRequest(target.route, bytes, start, end);
    } catch (error) {
      const reason = (error as Error).message;
      dispatcher.fail(target.route, new PomeloError('BODY_INVALID', { route: target.route, reason }), reply);
      return;
    }
    const parts = splitRoute(target.route)!;
    const context = new RequestContext(parts, id === 0, (error) =>
      dispatcher.fail(target.route, error, reply),
    );
    const call = (): unknown =>
      id === 0
        ? this.#sendOn(connection, target, bytes, start, end)
        : this.#ask(connection, target, id, bytes, start, end);
    runFilters(globalFilters, msg, connection.session, context, call).then(
      (value) => {
        if (value !== sent && reply) reply(format.encode(target.route, value));
      },
      (error: unknown) => dispatcher.fail(target.route, error, reply),
    );
  }

  #sendOn(
    connection: ClientConnection,
    target: Target,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): symbol {
    this.#route(connection, target, 0, bytes, start, end, this.#answers);
    return sent;
  }

  #ask(
    connection: ClientConnection,
    target: Target,
    id: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): Promise<symbol> {
    return new Promise((resolve) => {
      this.#route(connection, target, id, bytes, start, end, {
        body: (...args) => {
          answer(...args);
          resolve(sent);
        },
        error: (...args) => {
          this.#answers.error(...args);
          resolve(sent);
        },
      });
    });
  }

  #targetOf(route: string): Target | undefined {
    const known = this.#byRoute.get(route);
    if (known) return known;
    const parts = splitRoute(route);
    if (!parts) return undefined;
    const own = parts.serverType === this.#options.serverType;
    const local = own ? this.#options.dispatcher.find(route) : undefined;
    if (own ? !local : !this.#options.isBackend(parts.serverType)) return undefined;
    const target = { route, serverType: parts.serverType, local, routeBytes: Buffer.from(route) };
    if (this.#byRoute.size < maxTargets) this.#byRoute.set(route, target);
    return target;
  }

  #targetOfCode(code: number): Target | undefined {
    const known = this.#byCode[code];
    if (known) return known;
    const route = this.#options.format.dictionary?.routeOf(code);
    if (route === undefined) return undefined;
    const target = this.#targetOf(route);
    this.#byCode[code] = target;
    return target;
  }

  #unknown(connection: ClientConnection, id: number, view: MessageView): void {
    this.#options.counters.add('request.unknownRoutes');
    const route = view.routeCode === 0 ? view.route : `code ${view.routeCode}`;
    const code = view.routeCode === 0 && !splitRoute(route) ? 'ROUTE_INVALID' : 'ROUTE_UNKNOWN';
    this.#fail(connection, id, route, new PomeloError(code, { route }));
  }

  #fail(connection: ClientConnection, id: number, route: string, error: unknown): void {
    const reply = id === 0 ? undefined : (body: Uint8Array) => answer(connection, id, body, 0, body.length);
    this.#options.dispatcher.fail(route, error, reply);
  }
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
