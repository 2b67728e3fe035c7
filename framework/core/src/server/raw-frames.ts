import { noCallId, type RpcConnection } from '@pomelo-ts/rpc/internal';
import type { ChannelService } from '../channel/channel-service.js';
import type { FrontendPorts } from '../channel/frontend-ports.js';
import { readMember } from '../channel/member.js';
import type { ForwardReceiver } from '../forward/forward-receiver.js';
import { ByteReader } from '../wire/byte-reader.js';
import { frameKind } from '../wire/frame-kind.js';

/** Hands every raw frame of another server to the part of this one that it is for. */
export class RawFrames {
  readonly #receiver: ForwardReceiver;
  readonly #channels: ChannelService;
  readonly #ports: FrontendPorts;

  constructor(receiver: ForwardReceiver, channels: ChannelService, ports: FrontendPorts) {
    this.#receiver = receiver;
    this.#channels = channels;
    this.#ports = ports;
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
    else if (kind === frameKind.memberLeft) {
      const reader = new ByteReader(bytes, start, end, connection.peer.id);
      const number = reader.u32();
      const stamp = reader.u32();
      this.#channels.memberLeft(connection.peer.id, number, readMember(reader), stamp);
    } else {
      const delivered = this.#ports.local?.receive(kind, connection.peer.id, bytes, start, end) ?? 0;
      if (callId === noCallId) return;
      // First the space, then the buffer: opening may replace it.
      const at = connection.openRawResponse(callId, 4);
      connection.buffer.writeUInt32BE(delivered, at);
    }
  }
}
