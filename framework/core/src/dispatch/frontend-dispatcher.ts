import { PomeloError } from '@pomelo-ts/common';
import { largestRouteBytes, MessageView, messageType, ProtocolError, readMessage } from '@pomelo-ts/protocol';
import type { ForwardAnswers, Forwarder, ForwardTarget } from '../forward/forwarder.js';
import type { RouteTimes } from '../measures/duration-measures.js';
import type { CoreMeasures } from '../measures.js';
import type { FrontendSession } from '../session/frontend-session.js';
import type { UidTraces } from '../trace/uid-traces.js';
import type { ClientFormat } from '../wire/client-format.js';
import { answered, type Dispatcher, type LocalRoute } from './dispatcher.js';
import type { Filter } from './filter.js';
import type { RateLimiter } from './rate-limit.js';
import { splitRoute, type TimedRoute } from './route-context.js';

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
  readonly #traces: UidTraces;
  readonly #view = new MessageView();
  readonly #byRoute = new Map<string, Target>();
  readonly #byCode: (Target | undefined)[] = [];
  readonly #answers: ForwardAnswers = {
    body: (session, messageId, bytes, start, end) => session.answer(messageId, bytes, start, end),
    error: (session, messageId, route, error) => this.#fail(session, messageId, route, error),
  };

  constructor(options: FrontendDispatcherOptions) {
    this.#options = options;
    this.#limiter = options.rateLimiter;
    this.#maxPending = options.maxPendingRequests;
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
    const { id, bodyStart, bodyEnd } = view;
    const { active } = this.#traces;
    if (active !== undefined) active.received(session, id, this.#routeOf(view), bodyEnd - bodyStart);
    if (id !== 0 && (++session.waiting > this.#maxPending || session.origin.gone > maxGone)) {
      this.#tooMany(session, id, view);
      return;
    }
    const target = view.routeCode === 0 ? this.#targetOf(view.route) : this.#targetOfCode(view.routeCode);
    if (this.#limiter && !this.#isWithin(this.#limiter, session, id, target, view, end - start)) return;
    if (!target) this.#unknown(session, id, view);
    else if (this.stopping) {
      this.#fail(session, id, target.route, new PomeloError('RPC_CLOSED', { method: target.route }));
    } else if (this.#options.globalFilters.length === 0) {
      this.#route(session, target, id, bytes, bodyStart, bodyEnd);
    } else this.#runGlobal(session, target, id, bytes, bodyStart, bodyEnd);
  }

  /** Counts the message; whether it may pass. */
  #isWithin(
    limiter: RateLimiter,
    session: FrontendSession,
    id: number,
    target: Target | undefined,
    view: MessageView,
    bytes: number,
  ): boolean {
    const route = target?.route ?? nameOf(view);
    const verdict = limiter.take(session, route, bytes);
    if (!verdict) return true;
    if (verdict.action === 'close') {
      if (id !== 0) session.waiting--; // it is never answered
      session.link.kick('rate limit');
    } else {
      const { retryAfterMs } = verdict;
      const facts = { route, ms: retryAfterMs };
      this.#fail(session, id, route, new PomeloError('RATE_LIMITED', facts, { data: { retryAfterMs } }));
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
  ): void {
    const { dispatcher, forwarder } = this.#options;
    if (!target.local) {
      forwarder.forward(session, target, id, bytes, start, end, this.#answers);
      return;
    }
    const reply = id === 0 ? undefined : (body: Uint8Array) => session.answer(id, body, 0, body.length);
    dispatcher.dispatch(target.local, bytes, start, end, session, reply);
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
    const reply =
      id === 0 ? undefined : (body: Uint8Array) => answers.body(session, id, body, 0, body.length);
    dispatcher.run(target.local, msg, session, reply);
  }

  #runGlobal(
    session: FrontendSession,
    target: Target,
    id: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): void {
    const { globalFilters, dispatcher } = this.#options;
    const once = new SingleAnswer(this.#answers);
    const reply = id === 0 ? undefined : (body: Uint8Array) => once.body(session, id, body, 0, body.length);
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
      if (session.closed) {
        reply?.(new Uint8Array(0));
        return answered;
      }
      this.#routeDecoded(session, target, id, msg, once);
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
    const times = local?.times ?? this.#options.timesOf(route);
    const target = { ...parts, local, routeBytes, times };
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

  #unknown(session: FrontendSession, id: number, view: MessageView): void {
    this.#options.counters.requestUnknownRoutes.add();
    const route = nameOf(view);
    const code = view.routeCode === 0 && !splitRoute(route) ? 'ROUTE_INVALID' : 'ROUTE_UNKNOWN';
    this.#fail(session, id, route, new PomeloError(code, { route }));
  }

  #tooMany(session: FrontendSession, id: number, view: MessageView): void {
    this.#options.counters.requestTooMany.add();
    const route = nameOf(view);
    const count = Math.max(this.#maxPending, session.origin.gone);
    this.#fail(session, id, route, new PomeloError('REQUEST_QUEUE_FULL', { count, route }));
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

  body(session: FrontendSession, id: number, bytes: Uint8Array, start: number, end: number): void {
    if (this.#first()) this.#answers.body(session, id, bytes, start, end);
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

function nameOf(view: MessageView): string {
  return view.routeCode === 0 ? view.route : `code ${view.routeCode}`;
}
