import { type Clock, type Counters, type Logger, PomeloError } from '@pomelo-ts/common';
import type { RpcNode } from '@pomelo-ts/rpc';
import type { CallSettler, Peer } from '@pomelo-ts/rpc/internal';
import type { ClientConnection } from '../acceptor/client-connection.js';
import type { TypeRouter } from '../remote/type-router.js';
import type { FrontendSession } from '../session/frontend-session.js';
import { frameKind } from '../wire/frame-kind.js';
import { forwardHeadBytes, forwardStatus, writeForwardHead } from './forward-frame.js';

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

/** Sends clients' messages for other server types on, without looking into their bodies. */
export class Forwarder {
  readonly #node: RpcNode;
  readonly #router: TypeRouter;
  readonly #timeoutMs: number;
  readonly #clock: Clock;
  readonly #counters: Counters;
  readonly #logger: Logger;
  /** Ends of sessions that backends could not be told because their connection was broken. */
  readonly #untold = new Map<string, [session: FrontendSession, reason: string][]>();

  constructor(options: {
    node: RpcNode;
    router: TypeRouter;
    timeoutMs: number;
    clock: Clock;
    counters: Counters;
    logger: Logger;
  }) {
    this.#node = options.node;
    this.#router = options.router;
    this.#timeoutMs = options.timeoutMs;
    this.#clock = options.clock;
    this.#counters = options.counters;
    this.#logger = options.logger;
  }

  /** Forwards the message whose body is `bytes[start..end)`; id 0 wants no answer. */
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
    let peer: Peer | undefined;
    try {
      const id = this.#router.pick(target.serverType, session);
      peer = this.#node.peer(id);
      if (!peer) throw new PomeloError('RPC_UNKNOWN_SERVER', { target: id });
    } catch (error) {
      this.#counters.add('forward.failures');
      answers.error(connection, messageId, target.route, error);
      return;
    }
    const known = peer.connection !== undefined && session.seen?.get(peer.connection) === session.version;
    const head = {
      sessionId: session.id,
      version: session.version,
      snapshot: known ? undefined : this.#node.codec.encode(session.snapshot()),
      notify: messageId === 0,
      route: target.routeBytes,
    };
    const bodyBytes = end - start;
    const frameBytes = forwardHeadBytes(head) + bodyBytes;
    const at =
      messageId === 0
        ? peer.openRawNotify(frameKind.forward, frameBytes)
        : peer.openRawRequest(
            frameKind.forward,
            frameBytes,
            new ForwardSettler(answers, connection, messageId, target.route),
            this.#clock.now() + this.#timeoutMs,
          );
    if (at < 0) {
      this.#counters.add('forward.overloaded');
      return;
    }
    const { buffer } = peer;
    const bodyAt = writeForwardHead(buffer, at, head);
    copyBytes(bytes, start, end, buffer, bodyAt);
    if (!known) this.#remember(session, peer);
  }

  /** Tells every backend that holds state for the session that it has ended. */
  sessionClosed(session: FrontendSession, reason: string): void {
    for (const id of session.backends ?? []) {
      const peer = this.#node.peer(id);
      if (!peer) continue;
      if (peer.connection) this.#tell(peer, session, reason);
      else {
        const untold = this.#untold.get(id) ?? [];
        untold.push([session, reason]);
        this.#untold.set(id, untold);
      }
    }
  }

  /** The connection to a backend stands (again). */
  peerUp(peer: Peer): void {
    for (const [session, reason] of this.#untold.get(peer.id) ?? []) this.#tell(peer, session, reason);
    this.#untold.delete(peer.id);
  }

  /** A backend has left the cluster: nobody is there to be told. */
  peerRemoved(id: string): void {
    this.#untold.delete(id);
  }

  #remember(session: FrontendSession, peer: Peer): void {
    session.backends ??= new Set();
    session.backends.add(peer.id);
    if (!peer.connection) return;
    session.seen ??= new Map();
    session.seen.set(peer.connection, session.version);
  }

  #tell(peer: Peer, session: FrontendSession, reason: string): void {
    const reasonBytes = Buffer.byteLength(reason);
    const at = peer.openRawNotify(frameKind.sessionClosed, 4 + reasonBytes);
    if (at < 0) {
      this.#logger.error(
        `${peer.id} cannot be told that session ${session.id} has ended: too much waits for it`,
      );
      return;
    }
    peer.buffer.writeUInt32BE(session.id, at);
    peer.buffer.write(reason, at + 4);
  }
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

  constructor(answers: ForwardAnswers, connection: ClientConnection, messageId: number, route: string) {
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
    session.seen = undefined;
    this.settleError(
      new PomeloError('SESSION_GONE', { sessionId: session.id, frontendId: session.frontendId }),
    );
  }

  settleValue(): void {
    this.settleError(new Error(`${this.method} was answered like an ordinary call`));
  }

  settleError(error: Error): void {
    this.#answers.error(this.#connection, this.#messageId, this.method, error);
  }
}
