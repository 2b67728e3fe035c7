import { PomeloError, reasonOf } from '@pomelo-ts/common';
import type { RpcCodec } from '@pomelo-ts/rpc';
import { maxAtWork, noCallId, type RpcConnection } from '@pomelo-ts/rpc/internal';
import {
  type ForwardFrame,
  forwardStatus,
  readAlive,
  readForwardFrame,
  readTaken,
} from '../forward/forward-frame.js';
import type { CoreMeasures } from '../measures.js';
import type { BackendSession } from '../session/backend-session.js';
import type { BackendSessionTable } from '../session/backend-session-table.js';
import type { SessionSnapshot } from '../session.js';
import type { Tracing, WorkTrace } from '../tracing.js';
import type { TracedUids, UidTraces } from '../uid-traces/uid-traces.js';
import { ByteReader } from '../wire/byte-reader.js';
import type { Dispatcher, Reply } from './dispatcher.js';
import { endingRoute } from './traced-request.js';

/** Takes the messages that frontends forward, and answers with bodies in the client's format. */
export class ForwardReceiver {
  readonly #serverId: string;
  readonly #sessions: BackendSessionTable;
  readonly #dispatcher: Dispatcher;
  readonly #codec: RpcCodec;
  readonly #counters: CoreMeasures;
  readonly #tracing: Tracing | undefined;
  readonly #traces: UidTraces;

  constructor(options: {
    readonly serverId: string;
    readonly sessions: BackendSessionTable;
    readonly dispatcher: Dispatcher;
    readonly codec: RpcCodec;
    readonly counters: CoreMeasures;
    readonly tracing: Tracing | undefined;
    readonly traces: UidTraces;
  }) {
    this.#serverId = options.serverId;
    this.#sessions = options.sessions;
    this.#dispatcher = options.dispatcher;
    this.#codec = options.codec;
    this.#counters = options.counters;
    this.#tracing = options.tracing;
    this.#traces = options.traces;
  }

  /** A forward frame; throws FRAME_INVALID for one that is no such frame. */
  receive(callId: number, bytes: Buffer, start: number, end: number, connection: RpcConnection): void {
    const reader = new ByteReader(bytes, start, end, connection.peer.id);
    const frame = readForwardFrame(reader);
    const work = this.#tracing === undefined ? undefined : this.#begun(this.#tracing, frame, connection);
    if (connection.work.atWork >= maxAtWork) {
      this.#refuse(frame, callId, connection, this.#overloaded(connection), work);
      return;
    }
    let session: BackendSession | undefined;
    try {
      session = this.#session(frame, bytes, connection);
    } catch (error) {
      this.#refuse(frame, callId, connection, error, work);
      return;
    }
    if (!session) {
      this.#counters.forwardUnknownSessions.add();
      work?.end('error', { code: 'SESSION_GONE' });
      if (callId !== noCallId) {
        const at = connection.openRawResponse(callId, 1);
        connection.buffer[at] = forwardStatus.sessionUnknown;
      }
      return;
    }
    session.work = connection.work;
    if (work === undefined) {
      this.#dispatch(frame.route, reader, callId, session, connection, undefined);
      return;
    }
    work.of(session);
    work.run(() => this.#dispatch(frame.route, reader, callId, session, connection, work));
  }

  #dispatch(
    name: string,
    { bytes, at, end }: ByteReader,
    callId: number,
    session: BackendSession,
    connection: RpcConnection,
    work: WorkTrace | undefined,
  ): void {
    let reply = callId === noCallId ? undefined : replyTo(connection, callId);
    const { active } = this.#traces;
    if (active !== undefined && reply) reply = traced(active, session, name, reply);
    const route = this.#dispatcher.find(name);
    if (session.unreadable) this.#dispatcher.fail(name, session.unreadable, reply, work?.end);
    else if (route) {
      const ending = work === undefined ? route : endingRoute(route, work.end);
      this.#dispatcher.dispatch(ending, bytes, at, end, session, reply, connection.readAt);
    } else this.#dispatcher.fail(name, new PomeloError('ROUTE_UNKNOWN', { route: name }), reply, work?.end);
  }

  /** The message as a part of the trace that its frame tells of. */
  #begun(tracing: Tracing, { route }: ForwardFrame, { trace, peer }: RpcConnection): WorkTrace | undefined {
    return tracing.handle(trace, route, this.#dispatcher.find(route) !== undefined, peer.id);
  }

  #overloaded({ work: { atWork: count } }: RpcConnection): PomeloError {
    return new PomeloError('RPC_OVERLOADED', { count, target: this.#serverId, limit: maxAtWork });
  }

  #refuse(
    { route }: ForwardFrame,
    callId: number,
    connection: RpcConnection,
    error: unknown,
    work: WorkTrace | undefined,
  ): void {
    this.#counters.forwardRefused.add();
    const reply = callId === noCallId ? undefined : replyTo(connection, callId);
    this.#dispatcher.fail(route, error, reply, work?.end);
  }

  /** A sessionClosed frame. */
  sessionClosed(bytes: Buffer, start: number, end: number, { peer }: RpcConnection): void {
    const reader = new ByteReader(bytes, start, end, peer.id);
    this.#sessions.close(peer.id, peer.bootId, reader.u32(), reader.text(end - reader.at));
  }

  /** A sessionMoved frame. */
  sessionMoved(bytes: Buffer, start: number, end: number, { peer }: RpcConnection): void {
    const reader = new ByteReader(bytes, start, end, peer.id);
    this.#sessions.movedOn(peer.id, peer.bootId, reader.u32(), reader.u32());
  }

  /** A sessionTaken frame. */
  sessionTaken(bytes: Buffer, start: number, end: number, { peer }: RpcConnection): void {
    const reader = new ByteReader(bytes, start, end, peer.id);
    this.#sessions.taken(peer.id, peer.bootId, readTaken(reader));
  }

  /** A sessionsAlive frame. */
  sessionsAlive(bytes: Buffer, start: number, end: number, { peer }: RpcConnection): void {
    const reader = new ByteReader(bytes, start, end, peer.id);
    this.#sessions.keepOnly(peer.id, peer.bootId, readAlive(reader));
  }

  /** @throws SESSIONS_FULL */
  #session(frame: ForwardFrame, bytes: Buffer, { peer }: RpcConnection): BackendSession | undefined {
    const { id, number, moves, version, snapshotStart, snapshotEnd } = frame;
    if (id === undefined) return this.#sessions.find(peer.id, peer.bootId, number, version);
    const told = { id, number, moves };
    let snapshot: SessionSnapshot;
    try {
      snapshot = this.#codec.decode(bytes, snapshotStart, snapshotEnd) as SessionSnapshot;
    } catch (cause) {
      this.#counters.forwardUnreadableSessions.add();
      const reason = `what ${peer.id} sent of session ${id} cannot be decoded: ${reasonOf(cause)}`;
      const error = new Error(reason, { cause });
      return this.#sessions.unreadable(peer.id, peer.bootId, told, version, error);
    }
    const bytesOf = snapshotEnd - snapshotStart;
    return this.#sessions.update(peer.id, peer.bootId, told, version, snapshot, bytesOf);
  }
}

function replyTo(connection: RpcConnection, callId: number): Reply {
  return (body, codeClass) => {
    if (connection.lost) return;
    const at = connection.openRawResponse(callId, 1 + body.length);
    connection.buffer[at] = codeClass === 'ok' ? forwardStatus.body : forwardStatus[codeClass];
    connection.buffer.set(body, at + 1);
  };
}

/** A reply that tells, too, who traces the user; the same one where nobody does. */
function traced(active: TracedUids, session: BackendSession, route: string, reply: Reply): Reply {
  const done = active.working(session, route);
  if (!done) return reply;
  return (body, codeClass) => {
    reply(body, codeClass);
    done(codeClass);
  };
}
