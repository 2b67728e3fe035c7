import { PomeloError } from '@pomelo-ts/common';
import { largestRouteBytes, MessageView, messageType, ProtocolError, readMessage } from '@pomelo-ts/protocol';
import type { ForwardAnswers, Forwarder, ForwardTarget } from '../forward/forwarder.js';
import type { RouteTimes } from '../measures/duration-measures.js';
import type { CoreMeasures } from '../measures.js';
import type { FrontendSession } from '../session/frontend-session.js';
import type { RequestTrace, Tracing } from '../tracing.js';
import type { UidTraces } from '../uid-traces/uid-traces.js';
import type { ClientFormat } from '../wire/client-format.js';
import { answered, type Dispatcher, type LocalRoute, type Reply } from './dispatcher.js';
import type { Filter } from './filter.js';
import type { RateLimiter } from './rate-limit.js';
import { splitRoute, type TimedRoute } from './route-context.js';
import { endingRoute, TracedAnswers } from './traced-request.js';

/** Where a route leads: to this server's own handlers, or to another type. */
interface Target extends ForwardTarget, TimedRoute {
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
  /** Where the times of a route of another type are noted. */
  timesOf(route: string): RouteTimes;
  /** Whether any handler answers the route. */
  isDeclared(route: string): boolean;
  readonly tracing: Tracing | undefined;
  readonly counters: CoreMeasures;
  readonly traces: UidTraces;
}

/** Takes the messages of a frontend's clients: handles those for its own type, and forwards all others as they came. */
export class FrontendDispatcher {
  /** Whether this server is about to stop, so that it begins nothing new. */
  stopping = false;
  readonly #options: FrontendDispatcherOptions;
  readonly #limiter: RateLimiter | undefined;
  readonly #maxPending: number;
  readonly #tracing: Tracing | undefined;
  readonly #traces: UidTraces;
  readonly #view = new MessageView();
  readonly #byRoute = new Map<string, Target>();
  readonly #byCode: (Target | undefined)[] = [];
  readonly #answers: ForwardAnswers = {
    trace: undefined,
    body: (session, messageId, bytes, start, end) => session.answer(messageId, bytes, start, end),
    error: (session, messageId, route, error) => this.#fail(session, messageId, route, error),
  };

  constructor(options: FrontendDispatcherOptions) {
    this.#options = options;
    this.#limiter = options.rateLimiter;
    this.#maxPending = options.maxPendingRequests;
    this.#tracing = options.tracing;
    this.#traces = options.traces;
  }

  /** Has each route looked up anew: which types clients may reach has changed. */
  forgetRoutes(): void {
    this.#byRoute.clear();
    this.#byCode.length = 0;
  }

  /** Takes the message in `bytes[start..end)`. Throws ProtocolError for what is none. */
  receive(session: FrontendSession, bytes: Uint8Array, start: number, end: number): void {
    const view = this.#view;
    readMessage(bytes, start, end, view);
    if (view.type > messageType.notify) throw new ProtocolError('MESSAGE_TYPE', { type: view.type });
    if (this.#tracing === undefined) this.#take(session, bytes, end - start, this.#answers);
    else this.#takeTraced(this.#tracing, session, bytes, end - start);
  }

  /** As {@link #take}, as a span of its own, whatever becomes of it. */
  #takeTraced(tracing: Tracing, session: FrontendSession, bytes: Uint8Array, length: number): void {
    const view = this.#view;
    const target = this.#targetIn(view);
    const known =
      target !== undefined && (target.local !== undefined || this.#options.isDeclared(target.route));
    const trace = tracing.request(session, target?.route ?? nameOf(view), known);
    if (!trace) {
      this.#take(session, bytes, length, this.#answers);
      return;
    }
    try {
      trace.run(() => this.#take(session, bytes, length, new TracedAnswers(this.#answers, trace)));
    } catch (error) {
      trace.end('error', error);
      throw error;
    }
  }

  /** Takes the message that the view shows. */
  #take(session: FrontendSession, bytes: Uint8Array, length: number, answers: ForwardAnswers): void {
    const view = this.#view;
    const { id, bodyStart, bodyEnd } = view;
    const { active } = this.#traces;
    if (active !== undefined) active.received(session, id, this.#routeOf(view), bodyEnd - bodyStart);
    if (id !== 0 && (++session.waiting > this.#maxPending || session.origin.gone > maxGone)) {
      this.#tooMany(session, id, view, answers);
      return;
    }
    const target = this.#targetIn(view);
    if (this.#limiter && !this.#isWithin(this.#limiter, session, id, target, view, length, answers)) return;
    if (!target) this.#unknown(session, id, view, answers);
    else if (this.stopping) {
      answers.error(session, id, target.route, new PomeloError('RPC_CLOSED', { method: target.route }));
    } else if (this.#options.globalFilters.length === 0) {
      this.#route(session, target, id, bytes, bodyStart, bodyEnd, answers);
    } else this.#runGlobal(session, target, id, bytes, bodyStart, bodyEnd, answers);
  }

  /** Counts the message; whether it may pass. */
  #isWithin(
    limiter: RateLimiter,
    session: FrontendSession,
    id: number,
    target: Target | undefined,
    view: MessageView,
    bytes: number,
    answers: ForwardAnswers,
  ): boolean {
    const route = target?.route ?? nameOf(view);
    const verdict = limiter.take(session, route, bytes);
    if (!verdict) return true;
    if (verdict.action === 'close') {
      if (id !== 0) session.waiting--; // it is never answered
      session.link.kick('rate limit');
      answers.trace?.end('refused', { code: 'RATE_LIMITED' });
    } else {
      const { retryAfterMs } = verdict;
      const facts = { route, ms: retryAfterMs };
      const error = new PomeloError('RATE_LIMITED', facts, { data: { retryAfterMs } });
      answers.error(session, id, route, error);
    }
    return false;
  }

  #route(
    session: FrontendSession,
    target: Target,
    id: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    answers: ForwardAnswers,
  ): void {
    const { dispatcher, forwarder } = this.#options;
    const { trace } = answers;
    if (!target.local) {
      forwarder.forward(session, target, id, bytes, start, end, answers);
      if (trace !== undefined && id === 0) trace.end('ok'); // it has left, unless it was ended before
      return;
    }
    const reply = id === 0 ? undefined : (body: Uint8Array) => session.answer(id, body, 0, body.length);
    const local = trace === undefined ? target.local : endingRoute(target.local, trace.end);
    dispatcher.dispatch(local, bytes, start, end, session, reply);
  }

  /** As {@link #route}, for a body that filters have seen: what they have changed in it goes on. */
  #routeDecoded(
    session: FrontendSession,
    target: Target,
    id: number,
    msg: unknown,
    answers: ForwardAnswers,
  ): void {
    const { dispatcher, forwarder, format } = this.#options;
    if (!target.local) {
      const body = format.encodeRequest(target.route, msg);
      forwarder.forward(session, target, id, body, 0, body.length, answers);
      return;
    }
    const reply = id === 0 ? undefined : replyBy(answers, session, id);
    dispatcher.run(target.local, msg, session, reply);
  }

  #runGlobal(
    session: FrontendSession,
    target: Target,
    id: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    answers: ForwardAnswers,
  ): void {
    const { globalFilters, dispatcher } = this.#options;
    const once = new SingleAnswer(answers);
    const reply = id === 0 ? undefined : replyBy(once, session, id);
    const ended = id === 0 ? answers.trace?.end : undefined;
    let msg: unknown;
    try {
      msg = dispatcher.decode(target.route, bytes, start, end);
    } catch (error) {
      dispatcher.fail(target.route, error, reply, ended);
      return;
    }
    if (id === 0 && !dispatcher.takesNotify(session)) {
      ended?.('refused');
      return;
    }
    const call = (): unknown => {
      // The befores may have taken long: a session that has ended would never be forgotten by its backend.
      if (session.closed) {
        reply?.(new Uint8Array(0), 'error');
        return answered;
      }
      this.#routeDecoded(session, target, id, msg, once);
      return id === 0 ? answered : once.sent;
    };
    const route = ended ? { ...target, ended } : target;
    dispatcher.runAround(globalFilters, route, msg, session, call, reply);
  }

  #targetIn(view: MessageView): Target | undefined {
    return view.routeCode === 0 ? this.#targetOf(view.route) : this.#targetOfCode(view.routeCode);
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
    const times = local?.times ?? this.#options.timesOf(route);
    const peerTimes = own ? times : this.#options.counters.forwardDuration.of(parts.serverType);
    const target = { ...parts, local, routeBytes, times, peerTimes };
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

  /** What the client means, also where it says that by a code. */
  #routeOf(view: MessageView): string {
    return (view.routeCode !== 0 && this.#options.format.dictionary?.routeOf(view.routeCode)) || nameOf(view);
  }

  #unknown(session: FrontendSession, id: number, view: MessageView, answers: ForwardAnswers): void {
    this.#options.counters.requestUnknownRoutes.add();
    const route = nameOf(view);
    const code = view.routeCode === 0 && !splitRoute(route) ? 'ROUTE_INVALID' : 'ROUTE_UNKNOWN';
    answers.error(session, id, route, new PomeloError(code, { route }));
  }

  #tooMany(session: FrontendSession, id: number, view: MessageView, answers: ForwardAnswers): void {
    this.#options.counters.requestTooMany.add();
    const route = nameOf(view);
    const count = Math.max(this.#maxPending, session.origin.gone);
    answers.error(session, id, route, new PomeloError('REQUEST_QUEUE_FULL', { count, route }));
  }

  #fail(session: FrontendSession, id: number, route: string, error: unknown): void {
    const reply = id === 0 ? undefined : (body: Uint8Array) => session.answer(id, body, 0, body.length);
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

  get trace(): RequestTrace | undefined {
    return this.#answers.trace;
  }

  body(...answer: Parameters<ForwardAnswers['body']>): void {
    if (this.#first()) this.#answers.body(...answer);
  }

  error(session: FrontendSession, id: number, route: string, error: unknown): void {
    if (this.#first()) this.#answers.error(session, id, route, error);
  }

  #first(): boolean {
    if (this.#done) return false;
    this.#done = true;
    this.#resolve(answered);
    return true;
  }
}

/** Answers one request by `answers`. */
function replyBy(answers: ForwardAnswers, session: FrontendSession, id: number): Reply {
  return (body, codeClass) => answers.body(session, id, body, 0, body.length, codeClass);
}

function nameOf(view: MessageView): string {
  return view.routeCode === 0 ? view.route : `code ${view.routeCode}`;
}
