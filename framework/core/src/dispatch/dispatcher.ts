import {
  type Clock,
  type Counters,
  isPomeloError,
  type Logger,
  PomeloError,
  reasonOf,
} from '@pomelo-ts/common';
import { briefError } from '@pomelo-ts/common/internal';
import { ProtocolError } from '@pomelo-ts/protocol';
import { isGameError } from '../game-error.js';
import type { Session } from '../session.js';
import type { ClientFormat } from '../wire/client-format.js';
import type { Service, ServiceMethod } from './app-modules.js';
import { Deadlines } from './deadlines.js';
import { type ErrorHandler, type Filter, runFilters } from './filter.js';
import { checked, inputSchemaOf } from './input.js';
import { RequestContext, type RouteParts, splitRoute } from './route-context.js';

/** What a call gives whose answer has been sent already. */
export const answered = Symbol('answered');

/** Takes the answer of one request as bytes in the client's format; called at most once. */
export type Reply = (body: Uint8Array) => void;

/** A session, as dispatching knows it. */
export interface Caller extends Session {
  /** Handlers at work for its notifies. */
  notifies: number;
}

/** A route of this server's own type. */
export interface LocalRoute extends RouteParts {
  call: (msg: unknown, session: Session) => unknown;
}

/** What of an error reaches the client. */
interface ToldError {
  readonly code: string | number;
  readonly message: string;
  readonly data?: unknown;
}

/** Settings of a {@link Dispatcher}. */
export interface DispatcherOptions {
  readonly serverType: string;
  readonly format: ClientFormat;
  readonly timeoutMs: number;
  /** Longest answer in bytes: what a package holds, and a frame between servers. */
  readonly maxAnswerBytes: number;
  /** Handlers that may be at work for notifies; beyond, notifies are dropped: they are nobody's to wait for. */
  readonly maxPendingNotifies: number;
  readonly onError: ErrorHandler | undefined;
  readonly clock: Clock;
  readonly counters: Counters;
  readonly logger: Logger;
}

/** Decodes requests for this server's handlers, runs filters and handler, and encodes what comes of it. */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #routes = new Map<string, LocalRoute>();
  /** Routes that were taken away. Others hold them: should one come back, it must be the same object. */
  readonly #retired = new Map<string, LocalRoute>();
  /** Routes that the framework itself answers where the game does not. */
  readonly #own = new Map<string, ServiceMethod>();
  #filters: readonly Filter[] = [];
  readonly #deadlines: Deadlines;
  readonly #maxPendingNotifies: number;
  #notifies = 0;
  /** Requests and notifies that have come to filters and handlers. */
  begun = 0;

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#maxPendingNotifies = options.maxPendingNotifies;
    this.#deadlines = new Deadlines(options.timeoutMs, options.clock);
  }

  /** Requests whose handlers have not answered yet. */
  get running(): number {
    return this.#deadlines.size;
  }

  /** The routes that this server answers. */
  get routes(): string[] {
    return [...this.#routes.keys()];
  }

  /** Takes the methods of the server's handlers, also newer ones later; who holds a route has its new method. */
  useServices(services: readonly Service[]): void {
    const routes = new Set<string>();
    for (const { name, methods } of services) {
      for (const [method, call] of methods) {
        const route = `${this.#options.serverType}.${name}.${method}`;
        routes.add(route);
        this.#put(route, call);
      }
    }
    for (const [route, local] of this.#routes) {
      if (routes.has(route)) continue;
      const own = this.#own.get(route);
      if (own) this.#put(route, own);
      else this.#retire(local);
    }
  }

  /** Takes the filters around the handlers, also newer ones later. */
  useFilters(filters: readonly Filter[]): void {
    this.#filters = filters;
  }

  /** Adds one route that the framework itself answers, unless the game has it. */
  addRoute(route: string, call: LocalRoute['call']): void {
    this.#own.set(route, call as ServiceMethod);
    if (!this.#routes.has(route)) this.#put(route, call as ServiceMethod);
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
    session: Caller,
    reply: Reply | undefined,
  ): void {
    let msg: unknown;
    try {
      msg = this.decode(route.route, bytes, start, end);
    } catch (error) {
      this.#fail(route, error, reply);
      return;
    }
    if (reply || this.takesNotify(session)) this.run(route, msg, session, reply);
  }

  /** Runs filters and handler for a body that has been decoded. */
  run(route: LocalRoute, msg: unknown, session: Caller, reply: Reply | undefined): void {
    this.begun++;
    if (this.#filters.length > 0 || this.#options.onError) this.#runFiltered(route, msg, session, reply);
    else this.#runBare(route, msg, session, reply);
  }

  /**
   * Whether a handler may begin with a notify of the session. One session may have as many at work as there are places
   * free, so that whoever takes many leaves some for all others.
   */
  takesNotify(session: Caller): boolean {
    if (session.notifies < this.#maxPendingNotifies - this.#notifies) return true;
    this.#options.counters.add('request.droppedNotifies');
    return false;
  }

  /** A request's body as an object. Throws BODY_INVALID. */
  decode(route: string, bytes: Uint8Array, start: number, end: number): unknown {
    let reason: string;
    try {
      const msg = this.#options.format.decodeRequest(route, bytes, start, end);
      if (typeof msg === 'object' && msg !== null) return msg;
      reason = `expected an object, got ${JSON.stringify(msg).slice(0, 80)}`;
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      reason = error.message;
    }
    this.#options.counters.add('request.badBodies');
    throw new PomeloError('BODY_INVALID', { route, reason });
  }

  /**
   * Runs `call` between the befores and afters of `filters`, within the time limit, and answers with what comes of it,
   * unless that is {@link answered}.
   */
  runAround(
    filters: readonly Filter[],
    route: RouteParts,
    msg: unknown,
    session: Caller,
    call: () => unknown,
    reply: Reply | undefined,
  ): void {
    const { onError } = this.#options;
    let abort!: (error: unknown) => void;
    const aborted = new Promise<never>((_resolve, reject) => {
      abort = reject;
    });
    const context = new RequestContext(route, reply === undefined, abort);
    const outcome = Promise.race([runFilters(filters, msg, session, context, call), aborted]);
    const handled = onError
      ? outcome.catch((error: unknown) => this.#handle(onError, error, msg, session, context))
      : outcome;
    if (reply) this.#await(route, handled, reply);
    else this.#awaitNotify(route, handled, session);
  }

  /** Answers with an error that arose outside of any handler. */
  fail(route: string, error: unknown, reply: Reply | undefined): void {
    this.#fail({ route }, error, reply);
  }

  #put(route: string, method: ServiceMethod): void {
    const schema = inputSchemaOf(method);
    const bare = method as LocalRoute['call'];
    const call = schema ? checked(route, schema, bare) : bare;
    const known = this.#routes.get(route) ?? this.#retired.get(route);
    const local = known ?? { ...splitRoute(route)!, call };
    local.call = call;
    this.#retired.delete(route);
    this.#routes.set(route, local);
  }

  /** To those who hold the route it is unknown until it is put again. */
  #retire(local: LocalRoute): void {
    this.#routes.delete(local.route);
    this.#retired.set(local.route, local);
    local.call = () => {
      throw new PomeloError('ROUTE_UNKNOWN', { route: local.route });
    };
  }

  /** On its own, so that the way without filters allocates nothing for this closure. */
  #runFiltered(route: LocalRoute, msg: unknown, session: Caller, reply: Reply | undefined): void {
    this.runAround(this.#filters, route, msg, session, () => route.call(msg, session), reply);
  }

  /** Without filters: no promise where the handler is synchronous. */
  #runBare(route: LocalRoute, msg: unknown, session: Caller, reply: Reply | undefined): void {
    let answer: unknown;
    let later: Promise<unknown> | undefined;
    try {
      answer = route.call(msg, session);
      // What only looks like a promise may do anything when it is read or asked: that is the handler's failure, too.
      if (isThenable(answer)) later = Promise.resolve(answer);
    } catch (error) {
      this.#fail(route, error, reply);
      return;
    }
    if (!reply) {
      if (later !== undefined) this.#awaitNotify(route, later, session);
    } else if (later !== undefined) this.#await(route, later, reply);
    else this.#answer(route, answer, reply);
  }

  #await(route: RouteParts, answer: PromiseLike<unknown>, reply: Reply): void {
    const pending = this.#deadlines.add((ms) => this.#expire(route, ms, reply));
    answer.then(
      (value) => {
        if (this.#deadlines.settle(pending)) this.#answer(route, value, reply);
      },
      (error: unknown) => {
        if (this.#deadlines.settle(pending)) this.#fail(route, error, reply);
        else this.#logLate(route, error);
      },
    );
  }

  #awaitNotify(route: RouteParts, answer: PromiseLike<unknown>, session: Caller): void {
    session.notifies++;
    this.#notifies++;
    const done = (): void => {
      session.notifies--;
      this.#notifies--;
    };
    const pending = this.#deadlines.add((ms) => {
      done();
      this.#expire(route, ms, undefined);
    });
    answer.then(
      () => this.#deadlines.settle(pending) && done(),
      (error: unknown) => {
        if (!this.#deadlines.settle(pending)) {
          this.#logLate(route, error);
          return;
        }
        done();
        this.#fail(route, error, undefined);
      },
    );
  }

  #expire(route: RouteParts, ms: number, reply: Reply | undefined): void {
    this.#options.counters.add('request.timeouts');
    this.#fail(route, new PomeloError('REQUEST_TIMEOUT', { route: route.route, ms }), reply);
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

  #answer({ route }: { readonly route: string }, answer: unknown, reply: Reply): void {
    if (answer === answered) return;
    let reason: string;
    try {
      const body = this.#options.format.encode(route, answer);
      const { maxAnswerBytes } = this.#options;
      if (body.length <= maxAnswerBytes) {
        reply(body);
        return;
      }
      reason = `it has ${body.length} bytes; at most ${maxAnswerBytes} can be sent`;
    } catch (error) {
      reason = reasonOf(error);
    }
    this.#fail({ route }, new PomeloError('ANSWER_INVALID', { route, reason }), reply);
  }

  /** A client gets what a game error says, code and message of what the framework raised, and of anything else only that it failed. */
  #fail({ route }: { readonly route: string }, error: unknown, reply: Reply | undefined): void {
    if (isGameError(error)) {
      this.#options.counters.add('request.gameErrors');
      this.#sendError(route, error, reply);
      return;
    }
    const known = isPomeloError(error)
      ? error
      : new PomeloError('HANDLER_FAILED', { route }, { cause: error });
    if (known.status >= 500) this.#note(route, known, error);
    // What failed inside stands in the log.
    const told = isOwnFault(known) ? new PomeloError('HANDLER_FAILED', { route }) : known;
    const { status: code, message, data } = told;
    this.#sendError(route, { code, message, data }, reply);
  }

  #sendError(route: string, error: ToldError, reply: Reply | undefined): void {
    if (reply) reply(this.#encodeError(route, error));
  }

  /** What a game puts into an error may be nothing that can be sent, or even read: then it is told without its data. */
  #encodeError(route: string, error: ToldError): Uint8Array {
    const { format } = this.#options;
    try {
      const { code, message, data } = error;
      if (data === undefined) return format.encode(route, { code, message });
      try {
        return format.encode(route, { code, message, data });
      } catch (cause) {
        this.#options.logger.warn(`the data of an error of ${route} cannot be sent`, {
          error: briefError(cause),
        });
        return format.encode(route, { code, message });
      }
    } catch {
      // The route's schema has no room for code and message: then the answer is empty, as pomelo sends it.
      return new Uint8Array(0);
    }
  }

  /** The game's own faults are errors; what clients and absent servers cause could flood the log, and is counted. */
  #note(route: string, known: PomeloError, error: unknown): void {
    const ownFault = isOwnFault(known);
    this.#options.counters.add(ownFault ? 'request.failures' : `request.failures.${known.code}`);
    if (ownFault) this.#options.logger.error(`${route} failed`, { error: briefError(error) });
    else this.#options.logger.debug(`${route} failed`, { error });
  }

  #logLate(route: RouteParts, error: unknown): void {
    const facts = { error: briefError(error) };
    this.#options.logger.warn(`${route.route} failed after its client had been answered`, facts);
  }
}

/** Whether it is the game's: everything that is neither a client's, nor an absent or busy server's. */
function isOwnFault({ status }: PomeloError): boolean {
  return status === 500;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' && value !== null && typeof (value as PromiseLike<unknown>).then === 'function'
  );
}
