import {
  type Clock,
  type Counters,
  isPomeloError,
  type Logger,
  PomeloError,
  reasonOf,
} from '@pomelo-ts/common';
import type { RpcNode } from '@pomelo-ts/rpc';
import type { CallSettler, Peer } from '@pomelo-ts/rpc/internal';
import type { ClientConnection } from '../acceptor/client-connection.js';
import type { TypeRouter } from '../remote/type-router.js';
import type { FrontendSession } from '../session/frontend-session.js';
import { frameKind } from '../wire/frame-kind.js';
import {
  aliveBytes,
  forwardHeadBytes,
  forwardStatus,
  writeAlive,
  writeForwardHead,
} from './forward-frame.js';
import { QueueShares } from './queue-shares.js';
import { UntoldEnds } from './untold-ends.js';

/** A route of another server type, as forwarding needs it. */
export interface ForwardTarget {
  readonly route: string;
  readonly serverType: string;
  readonly routeBytes: Buffer;
}

/** How a forwarded request is answered. */
export interface ForwardAnswers {
  /** Sends `bytes[start..end)`, a body in the client's format, as the answer to the client's message. */
  body(connection: ClientConnection, messageId: number, bytes: Uint8Array, start: number, end: number): void;
  error(connection: ClientConnection, messageId: number, route: string, error: unknown): void;
}

/** A session id travels as 32 bits. */
const highestSessionId = 0xffffffff;
/** Ids in one frame that says which sessions live, so that it is never too long. */
const aliveChunk = 1024;
/** Most characters of the reason of a session's end that backends are told. */
const longestReason = 256;

/** Sends clients' messages for other server types on, without looking into their bodies. */
export class Forwarder {
  readonly #node: RpcNode;
  readonly #router: TypeRouter;
  readonly #timeoutMs: number;
  readonly #clock: Clock;
  readonly #counters: Counters;
  readonly #logger: Logger;
  readonly #sessions: () => Iterable<FrontendSession>;
  /** What backends could not be told of ended sessions, because their connection was broken or too much waited for it. */
  readonly #untold = new Map<string, UntoldEnds>();
  readonly #queueShares = new QueueShares();

  constructor(options: {
    node: RpcNode;
    router: TypeRouter;
    timeoutMs: number;
    clock: Clock;
    counters: Counters;
    logger: Logger;
    /** All sessions of this frontend. */
    sessions(): Iterable<FrontendSession>;
  }) {
    this.#node = options.node;
    this.#router = options.router;
    this.#timeoutMs = options.timeoutMs;
    this.#clock = options.clock;
    this.#counters = options.counters;
    this.#logger = options.logger;
    this.#sessions = options.sessions;
  }

  /** Forwards the message whose body is `bytes[start..end)`; id 0 wants no answer. The session must be alive. */
  forward(
    connection: ClientConnection,
    target: ForwardTarget,
    messageId: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    answers: ForwardAnswers,
  ): void {
    const { session } = connection;
    let peer: Peer;
    let snapshot: Uint8Array | undefined;
    try {
      peer = this.#peerFor(target, session);
      if (!hasSeen(session, peer)) snapshot = this.#snapshotOf(session, target.route);
    } catch (error) {
      this.#counters.add('forward.failures');
      answers.error(connection, messageId, target.route, error);
      return;
    }
    const refusal = messageId === 0 ? undefined : refusalOf(connection, peer, target.route);
    if (refusal) {
      this.#counters.add('forward.overloaded');
      answers.error(connection, messageId, target.route, refusal);
      return;
    }
    const head = {
      sessionId: session.id,
      version: session.version,
      snapshot,
      notify: messageId === 0,
      route: target.routeBytes,
    };
    const frameBytes = forwardHeadBytes(head) + end - start;
    if (!this.#queueShares.take(connection, peer, frameBytes)) {
      this.#counters.add('forward.overloaded');
      if (messageId !== 0) answers.error(connection, messageId, target.route, overloaded(peer));
      return;
    }
    const at =
      messageId === 0
        ? peer.openRawNotify(frameKind.forward, frameBytes)
        : this.#openRequest(peer, frameBytes, connection, messageId, target.route, answers);
    if (at < 0) {
      this.#counters.add('forward.overloaded');
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

  /** Tells every backend that holds state for the session that it has ended. */
  sessionClosed(session: FrontendSession, reason: string): void {
    for (const id of session.backends?.keys() ?? []) {
      const peer = this.#node.peer(id);
      if (!peer) continue;
      if (session.connection.waiting > 0) peer.calls.someAbandoned = true;
      const untold = this.#untold.get(id);
      if (untold) untold.note(session.id, reason);
      else if (!sendEnd(peer, session.id, reason)) this.#tellLater(peer).note(session.id, reason);
    }
  }

  /**
   * The connection to a backend stands (again). What was on its way when the former one broke may be lost, so the backend
   * is also told which sessions live.
   */
  peerUp(peer: Peer): void {
    const untold = this.#untold.get(peer.id) ?? new UntoldEnds();
    untold.owesAlive = true;
    this.#untold.set(peer.id, untold);
    this.peerDrained(peer);
  }

  /** There is room again for a backend that could not be told all. */
  peerDrained(peer: Peer): void {
    const untold = this.#untold.get(peer.id);
    if (!untold?.tell((sessionId, reason) => sendEnd(peer, sessionId, reason))) return;
    if (untold.owesAlive && !this.#sendAlive(peer)) return;
    this.#untold.delete(peer.id);
  }

  /** A backend has left the cluster: nobody is there to be told. Should it be the same life that comes back, it is told who lives. */
  peerRemoved(id: string): void {
    this.#untold.delete(id);
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
    connection: ClientConnection,
    messageId: number,
    route: string,
    answers: ForwardAnswers,
  ): number {
    const settler = new ForwardSettler(answers, connection, messageId, route, this.#timeoutMs);
    return peer.openRawRequest(frameKind.forward, frameBytes, settler, this.#clock.now() + this.#timeoutMs);
  }

  #tellLater(peer: Peer): UntoldEnds {
    this.#counters.add('forward.delayedCloses');
    this.#logger.debug(`${peer.id} is told later which sessions have ended: too much waits for it`);
    const untold = new UntoldEnds();
    this.#untold.set(peer.id, untold);
    return untold;
  }

  /** Tells a backend which of all sessions that it has seen live; false when there is no room for all of it. */
  #sendAlive(peer: Peer): boolean {
    const alive: number[] = [];
    for (const { id, backends } of this.#sessions()) if (backends?.has(peer.id)) alive.push(id);
    alive.sort((a, b) => a - b);
    let from = 0;
    for (let at = 0; from <= highestSessionId; at += aliveChunk) {
      const ids = alive.slice(at, at + aliveChunk);
      const to = at + aliveChunk < alive.length ? ids.at(-1)! : highestSessionId;
      const start = peer.openRawControl(frameKind.sessionsAlive, aliveBytes(ids));
      if (start < 0) return false;
      writeAlive(peer.buffer, start, { from, to, ids });
      from = to + 1;
    }
    return true;
  }
}

/** Requests of clients that have gone that an address may always have, however much other addresses have left behind. */
const leastGone = 256;

/** Why a request may not wait for the backend: it would take more than its client's share of the places. */
function refusalOf({ waiting, origin }: ClientConnection, peer: Peer, route: string): Error | undefined {
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

/** Tells a backend that a session has ended; false when too much waits for it, or it has no connection: it is told later. */
function sendEnd(peer: Peer, sessionId: number, reason: string): boolean {
  const short = reason.slice(0, longestReason);
  const at = peer.openRawControl(frameKind.sessionClosed, 4 + Buffer.byteLength(short));
  if (at < 0) return false;
  peer.buffer.writeUInt32BE(sessionId, at);
  peer.buffer.write(short, at + 4);
  return true;
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

/** Hands the answer of one forwarded request to its client. */
class ForwardSettler implements CallSettler {
  readonly method: string;
  readonly #answers: ForwardAnswers;
  readonly #connection: ClientConnection;
  readonly #messageId: number;
  readonly timeoutMs: number;

  constructor(
    answers: ForwardAnswers,
    connection: ClientConnection,
    messageId: number,
    route: string,
    timeoutMs: number,
  ) {
    this.timeoutMs = timeoutMs;
    this.#answers = answers;
    this.#connection = connection;
    this.#messageId = messageId;
    this.method = route;
  }

  settleRaw(bytes: Buffer, start: number, end: number): void {
    if (bytes[start] === forwardStatus.body) {
      this.#answers.body(this.#connection, this.#messageId, bytes, start + 1, end);
      return;
    }
    const { session } = this.#connection;
    // It gets the whole snapshot with the next message.
    for (const seen of session.backends?.values() ?? []) seen.connection = undefined;
    this.settleError(
      new PomeloError('SESSION_GONE', { sessionId: session.id, frontendId: session.frontendId }),
    );
  }

  isAbandoned(): boolean {
    return this.#connection.closed;
  }

  settleValue(): void {
    this.settleError(new Error(`${this.method} was answered like an ordinary call`));
  }

  settleError(error: Error): void {
    const { method: route, timeoutMs: ms } = this;
    const told = isPomeloError(error, 'RPC_TIMEOUT')
      ? new PomeloError('REQUEST_TIMEOUT', { route, ms })
      : error;
    this.#answers.error(this.#connection, this.#messageId, route, told);
  }
}
