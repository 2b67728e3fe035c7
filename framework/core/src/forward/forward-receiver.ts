import { type Counters, PomeloError, reasonOf } from '@pomelo-ts/common';
import type { RpcCodec } from '@pomelo-ts/rpc';
import { noCallId, type RpcConnection } from '@pomelo-ts/rpc/internal';
import type { Dispatcher, Reply } from '../dispatch/dispatcher.js';
import type { BackendSession } from '../session/backend-session.js';
import type { BackendSessionTable } from '../session/backend-session-table.js';
import type { SessionSnapshot } from '../session.js';
import { ByteReader } from '../wire/byte-reader.js';
import { type ForwardFrame, forwardStatus, readAlive, readForwardFrame } from './forward-frame.js';

/** Takes the messages that frontends forward, and answers with bodies in the client's format. */
export class ForwardReceiver {
  readonly #sessions: BackendSessionTable;
  readonly #dispatcher: Dispatcher;
  readonly #codec: RpcCodec;
  readonly #counters: Counters;

  constructor(sessions: BackendSessionTable, dispatcher: Dispatcher, codec: RpcCodec, counters: Counters) {
    this.#sessions = sessions;
    this.#dispatcher = dispatcher;
    this.#codec = codec;
    this.#counters = counters;
  }

  /** A forward frame; throws FRAME_INVALID for one that is no such frame. */
  receive(callId: number, bytes: Buffer, start: number, end: number, connection: RpcConnection): void {
    const reader = new ByteReader(bytes, start, end, connection.peer.id);
    const frame = readForwardFrame(reader);
    const session = this.#session(frame, bytes, connection);
    if (!session) {
      this.#counters.add('forward.unknownSessions');
      if (callId !== noCallId) {
        const at = connection.openRawResponse(callId, 1);
        connection.buffer[at] = forwardStatus.sessionUnknown;
      }
      return;
    }
    const reply = callId === noCallId ? undefined : replyTo(connection, callId);
    const route = this.#dispatcher.find(frame.route);
    if (session.unreadable) this.#dispatcher.fail(frame.route, session.unreadable, reply);
    else if (route) this.#dispatcher.dispatch(route, bytes, reader.at, end, session, reply);
    else this.#dispatcher.fail(frame.route, new PomeloError('ROUTE_UNKNOWN', { route: frame.route }), reply);
  }

  /** A sessionClosed frame. */
  sessionClosed(bytes: Buffer, start: number, end: number, { peer }: RpcConnection): void {
    const reader = new ByteReader(bytes, start, end, peer.id);
    this.#sessions.close(peer.id, peer.bootId, reader.u32(), reader.text(end - reader.at));
  }

  /** A sessionsAlive frame. */
  sessionsAlive(bytes: Buffer, start: number, end: number, { peer }: RpcConnection): void {
    const reader = new ByteReader(bytes, start, end, peer.id);
    this.#sessions.keepOnly(peer.id, peer.bootId, readAlive(reader));
  }

  #session(frame: ForwardFrame, bytes: Buffer, { peer }: RpcConnection): BackendSession | undefined {
    const { sessionId, version, snapshotStart, snapshotEnd } = frame;
    if (snapshotStart === snapshotEnd) return this.#sessions.find(peer.id, peer.bootId, sessionId, version);
    let snapshot: SessionSnapshot;
    try {
      snapshot = this.#codec.decode(bytes, snapshotStart, snapshotEnd) as SessionSnapshot;
    } catch (cause) {
      this.#counters.add('forward.unreadableSessions');
      const reason = `what ${peer.id} sent of session ${sessionId} cannot be decoded: ${reasonOf(cause)}`;
      return this.#sessions.unreadable(
        peer.id,
        peer.bootId,
        sessionId,
        version,
        new Error(reason, { cause }),
      );
    }
    return this.#sessions.update(peer.id, peer.bootId, sessionId, version, snapshot);
  }
}

function replyTo(connection: RpcConnection, callId: number): Reply {
  return (body) => {
    if (connection.closed) return;
    const at = connection.openRawResponse(callId, 1 + body.length);
    connection.buffer[at] = forwardStatus.body;
    connection.buffer.set(body, at + 1);
  };
}
