import { type Clock, isPomeloError, PomeloError, reasonOf } from '@pomelo-ts/common';
import { briefError, type CodeClass, codeClassOf } from '@pomelo-ts/common/internal';
import { ProtocolError } from '@pomelo-ts/protocol';
import { isGameError } from '../game-error.js';
import type { Service, ServiceMethod } from '../service.js';
import { type AtWork, countUntilSettled, isThenable } from '../session/at-work.js';
import type { Session } from '../session.js';
import type { EndOfWork } from '../tracing.js';
import { Deadlines } from './deadlines.js';
import type { DispatcherOptions } from './dispatcher-options.js';
import { encodeError, isOwnFault, type ToldError } from './encode-error.js';
import { type ErrorHandler, type Filter, runFilters } from './filter.js';
import { checked, inputSchemaOf } from './input.js';
import { type Begun, RequestContext, splitRoute, type TimedRoute } from './route-context.js';

/** What a call gives whose answer has been sent already. */
export const answered = Symbol('answered');

/** Takes the answer of one request as bytes in the client's format, and how it ended; called at most once. */
export type Reply = (body: Uint8Array, codeClass: CodeClass) => void;

/** A session, as dispatching knows it. */
export interface Caller extends Session {
  /** Handlers at work for its notifies. */
  notifies: number;
  /** Where the handlers are counted that begin for it now. */
  readonly work: AtWork | undefined;
}

/** A route of this server's own type. */
export interface LocalRoute extends TimedRoute {
  call: (msg: unknown, session: Session) => unknown;
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
  readonly #clock: Clock;
  #notifies = 0;

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#clock = options.clock;
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

  /** Looks for late requests from now on, and not only from the first one. */
  beginSweep(): void {
    this.#deadlines.begin();
  }

  close(): void {
    this.#deadlines.close();
  }

  /** Handles the request whose body is `bytes[start..end)` and that came at `since`. Without `reply` it is a notify. */
  dispatch(
    route: LocalRoute,
    bytes: Uint8Array,
    start: number,
    end: number,
    session: Caller,
    reply: Reply | undefined,
    since = reply ? this.#clock.now() : 0,
  ): void {
    let msg: unknown;
    try {
      msg = this.decode(route.route, bytes, start, end);
    } catch (error) {
      this.#fail(route, error, reply, since);
      return;
    }
    if (reply || this.takesNotify(session)) this.#run(route, msg, session, reply, since);
    else route.ended?.('refused');
  }

  /** Runs filters and handler for a body that has been decoded. */
  run(route: LocalRoute, msg: unknown, session: Caller, reply: Reply | undefined): void {
    this.#run(route, msg, session, reply, reply ? this.#clock.now() : 0);
  }

  /**
   * Whether a handler may begin with a notify of the session. One session may have as many at work as there are places
   * free, so that whoever takes many leaves some for all others.
   */
  takesNotify(session: Caller): boolean {
    if (session.notifies < this.#maxPendingNotifies - this.#notifies) return true;
    this.#options.counters.requestDroppedNotifies.add();
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
    this.#options.counters.requestBadBodies.add();
    throw new PomeloError('BODY_INVALID', { route, reason });
  }

  /**
   * Runs `call` between the befores and afters of `filters`, within the time limit, and answers with what comes of it,
   * unless that is {@link answered}.
   */
  runAround(
    filters: readonly Filter[],
    route: TimedRoute,
    msg: unknown,
    session: Caller,
    call: () => unknown,
    reply: Reply | undefined,
    since = reply ? this.#clock.now() : 0,
  ): void {
    const { onError } = this.#options;
    let abort!: (error: unknown) => void;
    const aborted = new Promise<never>((_resolve, reject) => {
      abort = reject;
    });
    const context = new RequestContext(route, reply === undefined, abort);
    const running = runFilters(filters, msg, session, context, call);
    const outcome = Promise.race([running, aborted]);
    if (session.work) countUntilSettled(session.work, running); // also when it is aborted
    const handled = onError
      ? outcome.catch((error: unknown) => this.#handle(onError, error, msg, session, context))
      : outcome;
    if (reply) this.#await(route, handled, reply, since, undefined);
    else this.#awaitNotify(route, handled, session, undefined);
  }

  /** Answers with an error that arose outside of any handler. */
  fail(route: string, error: unknown, reply: Reply | undefined, ended?: EndOfWork): void {
    this.#fail({ route, ended }, error, reply, 0);
  }

  #run(route: LocalRoute, msg: unknown, session: Caller, reply: Reply | undefined, since: number): void {
    this.#options.counters.codeBegun.add();
    if (this.#filters.length > 0 || this.#options.onError)
      this.#runFiltered(route, msg, session, reply, since);
    else this.#runBare(route, msg, session, reply, since);
  }

  #put(route: string, method: ServiceMethod): void {
    const schema = inputSchemaOf(method);
    const bare = method as LocalRoute['call'];
    const call = schema ? checked(route, schema, bare) : bare;
    const known = this.#routes.get(route) ?? this.#retired.get(route);
    const local = known ?? { ...splitRoute(route)!, call, times: this.#options.times.of(route) };
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
  #runFiltered(
    route: LocalRoute,
    msg: unknown,
    session: Caller,
    reply: Reply | undefined,
    since: number,
  ): void {
    this.runAround(this.#filters, route, msg, session, () => route.call(msg, session), reply, since);
  }

  /** Without filters: no promise where the handler is synchronous. */
  #runBare(route: LocalRoute, msg: unknown, session: Caller, reply: Reply | undefined, since: number): void {
    let answer: unknown;
    let later: Promise<unknown> | undefined;
    try {
      answer = route.call(msg, session);
      // What only looks like a promise may do anything when it is read or asked: that is the handler's failure, too.
      if (isThenable(answer)) later = Promise.resolve(answer);
    } catch (error) {
      this.#fail(route, error, reply, since);
      return;
    }
    if (!reply) {
      if (later !== undefined) this.#awaitNotify(route, later, session, session.work);
      else route.ended?.('ok');
    } else if (later !== undefined) this.#await(route, later, reply, since, session.work);
    else this.#answer(route, answer, reply, since);
  }

  #await(
    route: TimedRoute,
    answer: PromiseLike<unknown>,
    reply: Reply,
    since: number,
    work: AtWork | undefined,
  ): void {
    const pending = this.#deadlines.add((ms) => this.#expire(route, ms, reply, since));
    if (work) work.atWork++;
    answer.then(
      (value) => {
        if (work) work.atWork--;
        if (this.#deadlines.settle(pending)) this.#answer(route, value, reply, since);
      },
      (error: unknown) => {
        if (work) work.atWork--;
        if (this.#deadlines.settle(pending)) this.#fail(route, error, reply, since);
        else this.#logLate(route, error);
      },
    );
  }

  #awaitNotify(
    route: TimedRoute,
    answer: PromiseLike<unknown>,
    session: Caller,
    work: AtWork | undefined,
  ): void {
    if (work) work.atWork++;
    session.notifies++;
    this.#notifies++;
    const done = (): void => {
      session.notifies--;
      this.#notifies--;
    };
    const pending = this.#deadlines.add((ms) => {
      done();
      this.#expire(route, ms, undefined, 0);
    });
    answer.then(
      () => {
        if (work) work.atWork--;
        if (!this.#deadlines.settle(pending)) return;
        done();
        route.ended?.('ok');
      },
      (error: unknown) => {
        if (work) work.atWork--;
        if (!this.#deadlines.settle(pending)) {
          this.#logLate(route, error);
          return;
        }
        done();
        this.#fail(route, error, undefined, 0);
      },
    );
  }

  #expire(route: TimedRoute, ms: number, reply: Reply | undefined, since: number): void {
    this.#options.counters.requestTimeouts.add();
    this.#fail(route, new PomeloError('REQUEST_TIMEOUT', { route: route.route, ms }), reply, since);
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

  #answer(begun: Begun, answer: unknown, reply: Reply, since: number): void {
    if (answer === answered) return;
    const { route } = begun;
    let reason: string;
    try {
      const body = this.#options.format.encode(route, answer);
      const { maxAnswerBytes } = this.#options;
      if (body.length <= maxAnswerBytes) {
        this.#reply(begun, body, 'ok', reply, since);
        return;
      }
      reason = `it has ${body.length} bytes; at most ${maxAnswerBytes} can be sent`;
    } catch (error) {
      reason = reasonOf(error);
    }
    this.#fail(begun, new PomeloError('ANSWER_INVALID', { route, reason }), reply, since);
  }

  /** A client gets what a game error says, code and message of what the framework raised, and of anything else only that it failed. */
  #fail(begun: Begun, error: unknown, reply: Reply | undefined, since: number): void {
    const { route } = begun;
    if (isGameError(error)) {
      this.#options.counters.requestGameErrors.add();
      if (reply) this.#reply(begun, this.#toldOf(route, error), 'error', reply, since, error);
      else begun.ended?.('error', error);
      return;
    }
    const known = isPomeloError(error)
      ? error
      : new PomeloError('HANDLER_FAILED', { route }, { cause: error });
    if (known.status >= 500) this.#note(route, known, error);
    // What failed inside stands in the log.
    const told = isOwnFault(known) ? new PomeloError('HANDLER_FAILED', { route }) : known;
    const { status: code, message, data } = told;
    const codeClass = codeClassOf(known);
    if (reply)
      this.#reply(begun, this.#toldOf(route, { code, message, data }), codeClass, reply, since, known);
    else begun.ended?.(codeClass, known);
  }

  #toldOf(route: string, error: ToldError): Uint8Array {
    const { format, logger } = this.#options;
    return encodeError(format, logger, route, error);
  }

  #reply(
    { times, ended }: Begun,
    body: Uint8Array,
    codeClass: CodeClass,
    reply: Reply,
    since: number,
    error?: unknown,
  ): void {
    if (ended !== undefined) ended(codeClass, error); // before its answer can be seen elsewhere
    reply(body, codeClass);
    times?.[codeClass].observe((this.#clock.now() - since) / 1000);
  }

  /** The game's own faults are errors; what clients and absent servers cause could flood the log, and is counted. */
  #note(route: string, known: PomeloError, error: unknown): void {
    const ownFault = isOwnFault(known);
    const { requestFailures, requestUnserved } = this.#options.counters;
    (ownFault ? requestFailures : requestUnserved.of(known.code)).add();
    if (ownFault) this.#options.logger.error(`${route} failed`, { error: briefError(error) });
    else this.#options.logger.debug(`${route} failed`, { error });
  }

  #logLate({ route }: TimedRoute, error: unknown): void {
    const facts = { error: briefError(error) };
    this.#options.logger.warn(`${route} failed after its client had been answered`, facts);
  }
}
