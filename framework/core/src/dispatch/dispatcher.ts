import {
  type Clock,
  type Counters,
  isPomeloError,
  type Logger,
  PomeloError,
  reasonOf,
} from '@pomelo-ts/common';
import { ProtocolError } from '@pomelo-ts/protocol';
import type { Session } from '../session.js';
import type { ClientFormat } from '../wire/client-format.js';
import type { Service, ServiceMethod } from './app-modules.js';
import { Deadlines } from './deadlines.js';
import { type ErrorHandler, type Filter, runFilters } from './filter.js';
import { RequestContext, type RouteParts, splitRoute } from './route-context.js';

/** Takes the answer of one request as bytes in the client's format; called at most once. */
export type Reply = (body: Uint8Array) => void;

/** A route of this server's own type. */
export interface LocalRoute extends RouteParts {
  readonly call: (msg: unknown, session: Session) => unknown;
}

/** Settings of a {@link Dispatcher}. */
export interface DispatcherOptions {
  readonly serverType: string;
  readonly format: ClientFormat;
  readonly timeoutMs: number;
  readonly filters: readonly Filter[];
  readonly onError: ErrorHandler | undefined;
  readonly clock: Clock;
  readonly counters: Counters;
  readonly logger: Logger;
}

/** Decodes requests for this server's handlers, runs filters and handler, and encodes what comes of it. */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #routes = new Map<string, LocalRoute>();
  readonly #deadlines: Deadlines;

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#deadlines = new Deadlines(options.timeoutMs, options.clock);
  }

  /** Requests whose handlers have not answered yet. */
  get running(): number {
    return this.#deadlines.size;
  }

  /** Adds the methods of the server's handlers. */
  addServices(services: readonly Service[]): void {
    for (const { name, methods } of services) {
      for (const [method, call] of methods) this.#add(`${this.#options.serverType}.${name}.${method}`, call);
    }
  }

  /** Adds one route that the framework itself answers, unless the game has it. */
  addRoute(route: string, call: LocalRoute['call']): void {
    if (!this.#routes.has(route)) this.#add(route, call as ServiceMethod);
  }

  /** The route, when this server has it. */
  find(route: string): LocalRoute | undefined {
    return this.#routes.get(route);
  }

  close(): void {
    this.#deadlines.close();
  }

  /** Handles the request whose body is `bytes[start..end)`. Without `reply` it is a notify. */
  dispatch(
    route: LocalRoute,
    bytes: Uint8Array,
    start: number,
    end: number,
    session: Session,
    reply: Reply | undefined,
  ): void {
    let msg: unknown;
    try {
      msg = this.#decode(route.route, bytes, start, end);
    } catch (error) {
      this.#options.counters.add('request.badBodies');
      this.#fail(route, error, reply);
      return;
    }
    if (this.#options.filters.length > 0 || this.#options.onError)
      this.#runAround(route, msg, session, reply);
    else this.#runBare(route, msg, session, reply);
  }

  /** Answers with an error that arose outside of any handler. */
  fail(route: string, error: unknown, reply: Reply | undefined): void {
    this.#fail({ route }, error, reply);
  }

  #add(route: string, call: ServiceMethod): void {
    this.#routes.set(route, { ...splitRoute(route)!, call: call as LocalRoute['call'] });
  }

  #decode(route: string, bytes: Uint8Array, start: number, end: number): unknown {
    let msg: unknown;
    try {
      msg = this.#options.format.decodeRequest(route, bytes, start, end);
    } catch (error) {
      throw error instanceof ProtocolError
        ? new PomeloError('BODY_INVALID', { route, reason: error.message })
        : error;
    }
    if (typeof msg === 'object' && msg !== null) return msg;
    throw new PomeloError('BODY_INVALID', {
      route,
      reason: `expected an object, got ${JSON.stringify(msg)}`,
    });
  }

  /** Without filters: no promise where the handler is synchronous. */
  #runBare(route: LocalRoute, msg: unknown, session: Session, reply: Reply | undefined): void {
    let answer: unknown;
    try {
      answer = route.call(msg, session);
    } catch (error) {
      this.#fail(route, error, reply);
      return;
    }
    if (isThenable(answer)) this.#await(route, answer, reply);
    else if (reply) this.#answer(route, answer, reply);
  }

  #await(route: LocalRoute, answer: PromiseLike<unknown>, reply: Reply | undefined): void {
    const pending = this.#deadlines.add((ms) => {
      this.#options.counters.add('request.timeouts');
      this.#fail(route, new PomeloError('REQUEST_TIMEOUT', { route: route.route, ms }), reply);
    });
    answer.then(
      (value) => {
        if (this.#deadlines.settle(pending) && reply) this.#answer(route, value, reply);
      },
      (error: unknown) => {
        if (this.#deadlines.settle(pending)) this.#fail(route, error, reply);
        else this.#logLate(route, error);
      },
    );
  }

  #runAround(route: LocalRoute, msg: unknown, session: Session, reply: Reply | undefined): void {
    const { filters, onError } = this.#options;
    let abort!: (error: unknown) => void;
    const aborted = new Promise<never>((_resolve, reject) => {
      abort = reject;
    });
    const context = new RequestContext(route, reply === undefined, abort);
    const ran = runFilters(filters, msg, session, context, () => route.call(msg, session));
    const outcome = Promise.race([ran, aborted]);
    const handled = onError
      ? outcome.catch((error: unknown) => this.#handle(onError, error, msg, session, context))
      : outcome;
    this.#await(route, handled, reply);
  }

  async #handle(
    onError: ErrorHandler,
    error: unknown,
    msg: unknown,
    session: Session,
    context: RequestContext,
  ): Promise<unknown> {
    const answer = await onError(error, msg, session, context);
    if (answer === undefined) throw error;
    return answer;
  }

  #answer(route: { readonly route: string }, answer: unknown, reply: Reply): void {
    let body: Uint8Array;
    try {
      body = this.#options.format.encode(route.route, answer);
    } catch (error) {
      this.#fail(
        route,
        new PomeloError('ANSWER_INVALID', { route: route.route, reason: reasonOf(error) }),
        reply,
      );
      return;
    }
    reply(body);
  }

  /** A client gets code and message of what the framework raised; of anything else only that it failed. */
  #fail({ route }: { readonly route: string }, error: unknown, reply: Reply | undefined): void {
    const known = isPomeloError(error)
      ? error
      : new PomeloError('HANDLER_FAILED', { route }, { cause: error });
    if (known.status >= 500) this.#note(route, known, error);
    if (!reply) return;
    const answer = { code: known.status, message: known.message };
    try {
      reply(this.#options.format.encode(route, answer));
    } catch {
      // The route's schema has no room for code and message: then the answer is empty, as pomelo sends it.
      reply(new Uint8Array(0));
    }
  }

  /** The game's own faults are errors; what clients and absent servers cause could flood the log, and is counted. */
  #note(route: string, known: PomeloError, error: unknown): void {
    const ownFault = known.code === 'HANDLER_FAILED' || known.code === 'ANSWER_INVALID';
    this.#options.counters.add(ownFault ? 'request.failures' : `request.failures.${known.code}`);
    if (ownFault) this.#options.logger.error(`${route} failed`, { error: known === error ? known : error });
    else this.#options.logger.debug(`${route} failed`, { error });
  }

  #logLate(route: LocalRoute, error: unknown): void {
    this.#options.logger.warn(`${route.route} failed after its client had been answered`, { error });
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' && value !== null && typeof (value as PromiseLike<unknown>).then === 'function'
  );
}
