import { type Clock, isPomeloError, PomeloError, reasonOf } from '@pomelo-ts/common';
import { type CodeClass, codeClassOf } from '@pomelo-ts/common/internal';
import type { RpcNode, TraceParent } from '@pomelo-ts/rpc';
import type { CallSettler, Peer } from '@pomelo-ts/rpc/internal';
import type { RouteTimes } from '../measures/duration-measures.js';
import type { CoreMeasures } from '../measures.js';
import type { TypeRouter } from '../routing/type-router.js';
import type { FrontendSession } from '../session/frontend-session.js';
import type { RequestTrace } from '../tracing.js';
import { frameKind } from '../wire/frame-kind.js';
import { forwardHeadBytes, forwardStatus, writeForwardHead } from './forward-frame.js';
import { QueueShares } from './queue-shares.js';

/** A route of another server type, as forwarding needs it. */
export interface ForwardTarget {
  readonly route: string;
  readonly times: RouteTimes;
  /** Of all that is passed on to servers of this type. */
  readonly peerTimes: RouteTimes;
  readonly serverType: string;
  readonly routeBytes: Buffer;
}

/** How a forwarded request is answered. */
export interface ForwardAnswers {
  /** The request, where it is traced. */
  readonly trace: RequestTrace | undefined;
  /** Sends `bytes[start..end)`, a body in the client's format, as the answer to the client's message. */
  body(
    session: FrontendSession,
    messageId: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    codeClass: CodeClass,
  ): void;
  error(session: FrontendSession, messageId: number, route: string, error: unknown): void;
}

/** Sends clients' messages for other server types on, without looking into their bodies. */
export class Forwarder {
  readonly #node: RpcNode;
  readonly #router: TypeRouter;
  readonly #timing: ForwardTiming;
  readonly #counters: CoreMeasures;
  readonly #queueShares = new QueueShares();

  constructor(options: {
    node: RpcNode;
    router: TypeRouter;
    timeoutMs: number;
    clock: Clock;
    counters: CoreMeasures;
  }) {
    this.#node = options.node;
    this.#router = options.router;
    this.#timing = { clock: options.clock, timeoutMs: options.timeoutMs };
    this.#counters = options.counters;
  }

  /** Forwards the message whose body is `bytes[start..end)`; id 0 wants no answer. The session must be alive. */
  forward(
    session: FrontendSession,
    target: ForwardTarget,
    messageId: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    answers: ForwardAnswers,
  ): void {
    let peer: Peer;
    let snapshot: Uint8Array | undefined;
    try {
      peer = this.#peerFor(target, session);
      if (!hasSeen(session, peer)) snapshot = this.#snapshotOf(session, target.route);
    } catch (error) {
      this.#counters.forwardFailures.add();
      this.#refuse(session, target, messageId, answers, error);
      return;
    }
    const refusal = messageId === 0 ? undefined : refusalOf(session, peer, target.route);
    if (refusal) {
      this.#counters.forwardOverloaded.add();
      this.#refuse(session, target, messageId, answers, refusal);
      return;
    }
    const head = {
      id: session.id,
      number: session.number,
      moves: session.moves,
      version: session.version,
      snapshot,
      notify: messageId === 0,
      route: target.routeBytes,
    };
    const frameBytes = forwardHeadBytes(head) + end - start;
    if (!this.#queueShares.take(session, peer, frameBytes)) {
      this.#counters.forwardOverloaded.add();
      if (messageId !== 0) this.#refuse(session, target, messageId, answers, overloaded(peer));
      else answers.trace?.end('refused', overloaded(peer));
      return;
    }
    const trace = answers.trace === undefined ? undefined : answers.trace.forward(peer.entry);
    const at =
      messageId === 0
        ? peer.openRawNotify(frameKind.forward, frameBytes, trace)
        : this.#openRequest(peer, frameBytes, session, messageId, target, answers, trace);
    if (at < 0) {
      this.#counters.forwardOverloaded.add();
      answers.trace?.end('refused', overloaded(peer));
      return;
    }
    const { buffer } = peer;
    copyBytes(bytes, start, end, buffer, writeForwardHead(buffer, at, head));
    if (snapshot) remember(session, peer);
  }

  /** Throws RPC_UNSERIALIZABLE when the game keeps something in the session that cannot travel. */
  #snapshotOf(session: FrontendSession, route: string): Uint8Array {
    try {
      return this.#node.codec.encode(session.snapshot());
    } catch (error) {
      const reason = `in the session that goes with it ${reasonOf(error)}`;
      throw new PomeloError('RPC_UNSERIALIZABLE', { method: route, reason }, { cause: error });
    }
  }

  /** A backend has left the cluster. */
  peerRemoved(id: string): void {
    this.#queueShares.forget(id);
  }

  /** The backend that the session's route leads to. Throws when there is none. */
  #peerFor(target: ForwardTarget, session: FrontendSession): Peer {
    const id = this.#router.pick(target.serverType, session);
    const peer = this.#node.peer(id);
    if (!peer) throw new PomeloError('RPC_UNKNOWN_SERVER', { target: id });
    return peer;
  }

  /** Opens the frame of a message that wants an answer; negative when too much waits for that backend. */
  #openRequest(
    peer: Peer,
    frameBytes: number,
    session: FrontendSession,
    messageId: number,
    target: ForwardTarget,
    answers: ForwardAnswers,
    trace: TraceParent | undefined,
  ): number {
    const now = this.#timing.clock.now();
    const settler = new ForwardSettler(answers, session, messageId, target, this.#timing, now);
    const deadline = now + this.#timing.timeoutMs;
    return peer.openRawRequest(frameKind.forward, frameBytes, settler, deadline, trace);
  }

  /** Answers a message that is not forwarded. */
  #refuse(
    session: FrontendSession,
    { route, times }: ForwardTarget,
    messageId: number,
    answers: ForwardAnswers,
    error: unknown,
  ): void {
    if (messageId !== 0) times[codeClassOf(error)].observe(0);
    answers.error(session, messageId, route, error);
  }
}

/** Requests of clients that have gone that an address may always have, however much other addresses have left behind. */
const leastGone = 256;

/** Why a request may not wait for the backend: it would take more than its client's share of the places. */
function refusalOf({ waiting, origin }: FrontendSession, peer: Peer, route: string): Error | undefined {
  peer.setAside();
  const { share, calls } = peer;
  if (waiting <= share && origin.gone <= leastGone) return undefined;
  const mayBeGone = Math.max(leastGone, (peer.maxAside - calls.aside) / 2);
  if (waiting <= share && origin.gone <= mayBeGone) return undefined;
  if (share > 0 && waiting > share)
    return new PomeloError('REQUEST_QUEUE_FULL', { count: waiting - 1, route });
  return overloaded(peer);
}

function overloaded({ id, calls, freePlaces }: Peer): Error {
  return new PomeloError('RPC_OVERLOADED', { count: calls.size, target: id, limit: calls.size + freePlaces });
}

/** Whether the backend knows this very version of the session, from the connection that stands. */
function hasSeen(session: FrontendSession, peer: Peer): boolean {
  const seen = session.backends?.get(peer.id);
  if (!seen?.connection) return false;
  return seen.connection === peer.connection && seen.version === session.version;
}

function remember(session: FrontendSession, peer: Peer): void {
  const { connection } = peer;
  const { version } = session;
  session.backends ??= new Map();
  const seen = session.backends.get(peer.id);
  if (!seen) {
    session.backends.set(peer.id, { connection, version });
    return;
  }
  seen.connection = connection;
  seen.version = version;
}

/** Shorter bodies are cheaper to copy byte by byte than through a view. */
const loopBytes = 48;

function copyBytes(from: Uint8Array, start: number, end: number, to: Buffer, at: number): void {
  if (end - start > loopBytes) {
    to.set(from.subarray(start, end), at);
    return;
  }
  for (let i = start, j = at; i < end; i++, j++) to[j] = from[i]!;
}

/** What all requests of a forwarder have in common. */
interface ForwardTiming {
  readonly clock: Clock;
  readonly timeoutMs: number;
}

/** What a status of the answer's frame says; undefined for one that is no answer. */
const classOfStatus: readonly (CodeClass | undefined)[] = Object.entries(forwardStatus).map(([name]) => {
  if (name === 'sessionUnknown') return undefined;
  return name === 'body' ? 'ok' : (name as CodeClass);
});

/** Hands the answer of one forwarded request to its client. */
class ForwardSettler implements CallSettler {
  readonly method: string;
  readonly #answers: ForwardAnswers;
  readonly #session: FrontendSession;
  readonly #messageId: number;
  readonly #times: RouteTimes;
  readonly #peerTimes: RouteTimes;
  readonly #timing: ForwardTiming;
  /** When the request came. */
  readonly #since: number;

  constructor(
    answers: ForwardAnswers,
    session: FrontendSession,
    messageId: number,
    { route, times, peerTimes }: ForwardTarget,
    timing: ForwardTiming,
    since: number,
  ) {
    this.#answers = answers;
    this.#session = session;
    this.#messageId = messageId;
    this.#times = times;
    this.#peerTimes = peerTimes;
    this.#timing = timing;
    this.#since = since;
    this.method = route;
  }

  get timeoutMs(): number {
    return this.#timing.timeoutMs;
  }

  settleRaw(bytes: Buffer, start: number, end: number, at: number): void {
    const codeClass = classOfStatus[bytes[start]!];
    if (codeClass) {
      this.#answers.body(this.#session, this.#messageId, bytes, start + 1, end, codeClass);
      this.#note(codeClass, at);
      return;
    }
    const session = this.#session;
    // It gets the whole snapshot with the next message.
    for (const seen of session.backends?.values() ?? []) seen.connection = undefined;
    this.settleError(
      new PomeloError('SESSION_GONE', { sessionId: session.id, frontendId: session.frontendId }),
    );
  }

  isAbandoned(): boolean {
    return this.#session.gone;
  }

  settleValue(): void {
    this.settleError(new Error(`${this.method} was answered like an ordinary call`));
  }

  settleError(error: Error): void {
    const { method: route, timeoutMs: ms } = this;
    const told = isPomeloError(error, 'RPC_TIMEOUT')
      ? new PomeloError('REQUEST_TIMEOUT', { route, ms })
      : error;
    this.#answers.error(this.#session, this.#messageId, route, told);
    this.#note(codeClassOf(told), this.#timing.clock.now());
  }

  #note(codeClass: CodeClass, now: number): void {
    const seconds = (now - this.#since) / 1000;
    this.#times[codeClass].observe(seconds);
    this.#peerTimes[codeClass].observe(seconds);
  }
}
