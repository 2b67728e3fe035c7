import { noCallId, type RpcConnection } from '@pomelo-ts/rpc/internal';
import type { ChannelService } from '../channel/channel-service.js';
import { readMember, readMovedMember } from '../channel/member.js';
import type { PushSender } from '../channel/push-sender.js';
import type { ForwardReceiver } from '../dispatch/forward-receiver.js';
import { ByteReader } from '../wire/byte-reader.js';
import { frameKind } from '../wire/frame-kind.js';

/** Hands every raw frame of another server to the part of this one that it is for. */
export class RawFrames {
  readonly #receiver: ForwardReceiver;
  readonly #channels: ChannelService;
  readonly #sender: PushSender;

  constructor(receiver: ForwardReceiver, channels: ChannelService, sender: PushSender) {
    this.#receiver = receiver;
    this.#channels = channels;
    this.#sender = sender;
  }

  /** Takes the frame in `bytes[start..end)`, valid during the call only. Throws FRAME_INVALID. */
  receive(
    kind: number,
    callId: number,
    bytes: Buffer,
    start: number,
    end: number,
    connection: RpcConnection,
  ): void {
    if (kind === frameKind.forward) this.#receiver.receive(callId, bytes, start, end, connection);
    else if (kind === frameKind.sessionClosed) this.#receiver.sessionClosed(bytes, start, end, connection);
    else if (kind === frameKind.sessionsAlive) this.#receiver.sessionsAlive(bytes, start, end, connection);
    else if (kind === frameKind.sessionMoved) this.#receiver.sessionMoved(bytes, start, end, connection);
    else if (kind === frameKind.sessionTaken) this.#receiver.sessionTaken(bytes, start, end, connection);
    else if (kind === frameKind.memberMoved) {
      const reader = new ByteReader(bytes, start, end, connection.peer.id);
      this.#channels.memberMoved(connection.peer.id, reader.u32(), readMovedMember(reader));
    } else if (kind === frameKind.memberLeft) {
      const reader = new ByteReader(bytes, start, end, connection.peer.id);
      const number = reader.u32();
      const stamp = reader.u32();
      this.#channels.memberLeft(connection.peer.id, number, readMember(reader), stamp);
    } else {
      const delivered = this.#sender.local?.receive(kind, connection.peer.id, bytes, start, end) ?? 0;
      if (callId === noCallId) return;
      // First the space, then the buffer: opening may replace it.
      const at = connection.openRawResponse(callId, 4);
      connection.buffer.writeUInt32BE(delivered, at);
    }
  }
}
