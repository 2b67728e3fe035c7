import type { Attributes, Context, SpanContext, SpanOptions, Tracer } from '@opentelemetry/api';
import { type Clock, type LogFacts, type Logger, reasonOf } from '@pomelo-ts/common';
import { codeClassOf, shorten } from '@pomelo-ts/common/internal';
import type { PeerEntry, TraceParent } from '@pomelo-ts/rpc';
import type {
  EndOfWork,
  PushCounts,
  PushTarget,
  RequestTrace,
  ToldTrace,
  TracedServer,
  TracedSession,
  Tracing,
  WorkTrace,
} from '../tracing.js';
import type { Api } from './api.js';
import * as named from './attributes.js';
import { KeptRequests } from './kept-requests.js';
import { type OpenSpan, OpenSpans } from './open-spans.js';
import { missingParts } from './registered-sdk.js';
import { tracedLogger } from './traced-logger.js';

/** Settings of {@link OtelTracing}. */
export interface OtelTracingOptions {
  readonly api: Api;
  readonly serverId: string;
  readonly serverType: string;
  /** Whether spans tell the uid. */
  readonly uids: boolean;
  /** Spans in a second, at most, of failed and slow requests that the sampler has left out; 0 for none. */
  readonly kept: number;
  /** How long a span may be open, in ms. */
  readonly longestMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Most characters of a route that a client may have invented. */
const longestRoute = 100;

/** Spans by the API of OpenTelemetry, which are what the SDK makes of them that the game has registered. */
export class OtelTracing implements Tracing {
  readonly #options: OtelTracingOptions;
  readonly #api: Api;
  #tracer: Tracer | undefined;
  readonly #spans: OpenSpans;
  readonly #session: symbol;
  /** What runs in it belongs to a trace that nobody records: samplers that ask for the parent record nothing of it. */
  readonly #unsampled: Context;
  readonly #common: Attributes;
  readonly #kept: KeptRequests | undefined;
  #server: TracedServer | undefined;

  constructor(options: OtelTracingOptions) {
    const { api, serverId, serverType } = options;
    this.#options = options;
    this.#api = api;
    this.#spans = new OpenSpans(options);
    this.#kept = options.kept > 0 ? new KeptRequests(options.kept, options.clock) : undefined;
    this.#session = api.createContextKey('pomelo session');
    this.#common = { [named.ownId]: serverId, [named.ownType]: serverType };
    const nobodys = { traceId: '1'.repeat(32), spanId: '1'.repeat(16), traceFlags: api.TraceFlags.NONE };
    this.#unsampled = api.trace.setSpanContext(api.ROOT_CONTEXT, { ...nobodys, isRemote: true });
  }

  attach(server: TracedServer): void {
    this.#server = server;
    this.#spans.begins(server.counters);
  }

  request(session: TracedSession, route: string, known: boolean): RequestTrace | undefined {
    const { ROOT_CONTEXT, SpanKind } = this.#api;
    const attributes = { ...this.#ofRoute(route, known), ...this.#ofSession(session) };
    const open = this.#begin(nameOf(route, known), { kind: SpanKind.SERVER, attributes }, ROOT_CONTEXT);
    if (!open) return undefined;
    const work = this.#work(this.#contextOf(open, ROOT_CONTEXT, session), open);
    let forwarding: OpenSpan | undefined;
    const late =
      this.#kept && !told(open.context)?.sampled ? this.#late(session, route, known, open) : undefined;
    return {
      ...work,
      forward: (peer) => {
        const own = told(open.context);
        if (!own?.sampled) {
          late?.forwardedTo(peer);
          return own;
        }
        const parent = this.#contextOf(open, ROOT_CONTEXT);
        forwarding = this.#beginCall(nameOf(route, known), this.#ofRoute(route, known), peer, parent);
        return forwarding ? told(forwarding.context) : own;
      },
      end: (codeClass, error) => {
        forwarding?.end(codeClass, error);
        open.end(codeClass, error);
        late?.end(codeClass, error);
      },
    };
  }

  /** Makes the span of a request that nobody records when that has ended, where it is one to keep; see ADR 0035. */
  #late(session: TracedSession, route: string, known: boolean, { context }: OpenSpan): LateSpan {
    const { trace, ROOT_CONTEXT, TraceFlags, SpanKind } = this.#api;
    const begun = performance.now();
    let peer: PeerEntry | undefined;
    let isOver = false;
    return {
      forwardedTo: (entry) => {
        peer = entry;
      },
      end: (codeClass, error) => {
        if (isOver) return;
        isOver = true;
        const ended = performance.now();
        const decision = this.#kept!.decide((ended - begun) / 1000, codeClass);
        if (decision === undefined) return;
        if (decision === 'left out') return this.#server?.counters.traceNotKept.add();
        const { traceId, spanId } = context;
        const recorded = { traceId, spanId, traceFlags: TraceFlags.SAMPLED, isRemote: true };
        const attributes: Attributes = {
          ...this.#ofRoute(route, known),
          ...this.#ofSession(session),
          ...(peer && { [named.peerId]: peer.id, [named.peerType]: peer.type }),
          [named.kept]: codeClass === 'ok' ? 'slow' : 'failed',
        };
        const options = { kind: SpanKind.SERVER, attributes, startTime: epochOf(begun) };
        const parent = trace.setSpanContext(ROOT_CONTEXT, recorded);
        const span = this.#begin(nameOf(route, known), options, parent);
        if (!span) return;
        this.#server?.counters.traceKept.add();
        span.end(codeClass, error, epochOf(ended));
      },
    };
  }

  handle(trace: ToldTrace, route: string, known: boolean, frontendId: string): WorkTrace | undefined {
    if (trace === undefined) return undefined;
    if (trace === 'unsampled') return this.#work(this.#unsampled, undefined);
    const attributes = { ...this.#ofRoute(route, known), [named.peerId]: frontendId };
    return this.#serve(nameOf(route, known), attributes, trace);
  }

  remote(trace: ToldTrace, method: string, callerId: string, work: () => unknown): unknown {
    if (trace === undefined) return work();
    if (trace === 'unsampled') return this.#api.context.with(this.#unsampled, work);
    const traced = this.#serve(method, { ...this.#ofMethod(method), [named.peerId]: callerId }, trace);
    return traced ? endingWith(() => traced.run(work), traced.end) : work();
  }

  call(
    method: string,
    serverId: string,
    ask: (trace: TraceParent | undefined) => Promise<unknown>,
  ): Promise<unknown> {
    const within = this.#within();
    if (!within) return ask(undefined);
    if (!within.sampled) return ask(within);
    const open = this.#beginTo(method, serverId);
    if (!open) return ask(within);
    return endingWith(() => ask(told(open.context)), open.end) as Promise<unknown>;
  }

  notify(method: string, serverId: string, tell: (trace: TraceParent | undefined) => void): void {
    const within = this.#within();
    const open = within?.sampled ? this.#beginTo(method, serverId) : undefined;
    if (!open) tell(within);
    else endingWith(() => tell(told(open.context)), open.end);
  }

  push(route: string, target: PushTarget): ((counts: PushCounts) => void) | undefined {
    const { api } = this.#options;
    if (!this.#within()?.sampled) return undefined;
    const attributes: Attributes = {
      ...this.#common,
      [named.messagingSystem]: named.system,
      [named.messagingOperation]: 'push',
      [named.messagingOperationType]: 'send',
      [named.route]: route,
      [named.pushKind]: target.kind,
      ...('name' in target && { [named.messagingDestination]: target.name }),
    };
    const options = { kind: api.SpanKind.PRODUCER, attributes };
    const open = this.#begin(`push ${route}`, options, api.context.active());
    return open && ((counts) => endPush(open, counts));
  }

  logger(inner: Logger): Logger {
    return tracedLogger(inner, () => this.#facts());
  }

  check(): void {
    const { logger } = this.#options;
    try {
      for (const missing of missingParts(this.#api)) logger.warn(missing);
    } catch (error) {
      const reason = reasonOf(error);
      logger.error('the OpenTelemetry SDK of the game fails, so that what it is asked for is not traced', {
        reason,
      });
    }
  }

  close(): void {
    this.#spans.close();
  }

  /** What log lines tell of what is going on now. */
  #facts(): LogFacts | undefined {
    const { trace, context, TraceFlags } = this.#api;
    const active = context.active();
    const session = active.getValue(this.#session) as string | undefined;
    const of = trace.getSpanContext(active);
    const recorded = of !== undefined && (of.traceFlags & TraceFlags.SAMPLED) !== 0;
    if (session === undefined && !recorded) return undefined;
    return {
      ...(recorded && { traceId: of.traceId, spanId: of.spanId }),
      ...(session !== undefined && { sessionId: session }),
    };
  }

  /** The trace that calls made now are a part of; undefined for none. */
  #within(): TraceParent | undefined {
    const { trace, context } = this.#api;
    const active = trace.getSpanContext(context.active());
    return active && told(active);
  }

  /** A span of work that another server has asked for. */
  #serve(name: string, attributes: Attributes, parent: TraceParent): WorkTrace | undefined {
    const { trace, ROOT_CONTEXT, TraceFlags, SpanKind } = this.#api;
    const { traceId, spanId, sampled } = parent;
    const traceFlags = sampled ? TraceFlags.SAMPLED : TraceFlags.NONE;
    const remote = trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
    const open = this.#begin(name, { kind: SpanKind.SERVER, attributes }, remote);
    return this.#work(open ? this.#contextOf(open, remote) : remote, open);
  }

  #work(base: Context, open: OpenSpan | undefined): WorkTrace {
    const { context } = this.#api;
    let active = base;
    return {
      of: (session) => {
        active = active.setValue(this.#session, session.id);
        open?.tell(this.#ofSession(session));
      },
      run: (work) => context.with(active, work),
      end: open?.end ?? (() => {}),
    };
  }

  #beginTo(method: string, serverId: string): OpenSpan | undefined {
    const peer = this.#server?.peer(serverId);
    const attributes = this.#ofMethod(method);
    return this.#beginCall(method, attributes, peer ?? { id: serverId }, this.#api.context.active());
  }

  #beginCall(
    name: string,
    attributes: Attributes,
    { id, type, host, port }: Partial<PeerEntry>,
    parent: Context,
  ): OpenSpan | undefined {
    const more: Attributes = {
      ...attributes,
      ...(id !== undefined && { [named.peerId]: id }),
      ...(type !== undefined && { [named.peerType]: type }),
      ...(host !== undefined && { [named.serverAddress]: host }),
      ...(port !== undefined && { [named.serverPort]: port }),
    };
    return this.#begin(name, { kind: this.#api.SpanKind.CLIENT, attributes: more }, parent);
  }

  #begin(name: string, options: SpanOptions, parent: Context): OpenSpan | undefined {
    return this.#spans.begin(() => {
      this.#tracer ??= this.#api.trace.getTracer('@pomelo-ts/core'); // an SDK may be registered before this server, and fail at that
      return this.#tracer.startSpan(name, options, parent);
    });
  }

  #contextOf({ span }: OpenSpan, parent: Context, session?: TracedSession): Context {
    const context = this.#api.trace.setSpan(parent, span);
    return session ? context.setValue(this.#session, session.id) : context;
  }

  #ofMethod(method: string): Attributes {
    return { ...this.#common, [named.rpcSystem]: named.system, [named.rpcMethod]: method };
  }

  #ofRoute(route: string, known: boolean): Attributes {
    if (known) return { ...this.#ofMethod(route), [named.route]: route };
    return { ...this.#ofMethod(named.otherMethod), [named.rpcMethodOriginal]: shorten(route, longestRoute) };
  }

  #ofSession({ id, uid }: TracedSession): Attributes {
    const tellsUid = this.#options.uids && uid !== undefined;
    return { [named.sessionId]: id, ...(tellsUid && { [named.endUserId]: String(uid) }) };
  }
}

/** Waits for the end of a request that nobody records. */
interface LateSpan {
  forwardedTo(peer: PeerEntry): void;
  readonly end: EndOfWork;
}

/** A moment of this process in ms since 1970, to the microsecond. */
const epochOf = (moment: number): number => performance.timeOrigin + moment;

const nameOf = (route: string, known: boolean): string => (known ? route : named.otherMethod);

/** What a frame tells of a span; nothing of one that is none, as without an SDK. */
function told({ traceId, spanId, traceFlags }: SpanContext): TraceParent | undefined {
  if (/^0*$/.test(traceId)) return undefined;
  return { traceId, spanId, sampled: (traceFlags & 1) !== 0 };
}

/** Does `work`, and ends a span as that ends; gives what it gives, or throws what it throws. */
function endingWith(work: () => unknown, end: EndOfWork): unknown {
  let result: unknown;
  try {
    result = work();
  } catch (error) {
    end(codeClassOf(error), error);
    throw error;
  }
  if (!(result instanceof Promise)) end('ok');
  else
    result.then(
      () => end('ok'),
      (error: unknown) => end(codeClassOf(error), error),
    );
  return result;
}

function endPush({ tell, end }: OpenSpan, { frontends, failed, members, delivered }: PushCounts): void {
  tell({
    [named.pushFrontends]: frontends,
    [named.pushFailed]: failed,
    ...(members !== undefined && { [named.pushMembers]: members }),
    ...(delivered !== undefined && { [named.pushDelivered]: delivered }),
  });
  end('ok');
}
