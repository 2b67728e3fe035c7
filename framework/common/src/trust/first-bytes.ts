import type { Socket } from 'node:net';
import { hostPort, plainAddress } from '../address.js';
import { PomeloError } from '../errors.js';
import { tlsFirstByte } from './secure-options.js';

/** Most bytes that are kept of a connection before its first record of TLS is whole: one that names a key has some 300, or 1600 with keys that withstand quantum computers. */
export const strangerBytes = 4096;

/** Bytes of the head of a record (type, version, length), and with it of the message inside (type, length): RFC 8446, 4 and 5.1. */
const recordHead = 5;
const bothHeads = 9;
const clientHello = 1;

/** What the first bytes of a connection say. Called once, while they are still unread. */
export interface FirstBytesEvents {
  /** The first record of TLS is whole, and has a whole hello in it. */
  tls(): void;
  /** It is not TLS. */
  plain(): void;
  failed(error: Error): void;
}

/** Waits until it can be told what somebody who has dialed speaks, and keeps no more than {@link strangerBytes} meanwhile. */
export function awaitFirstBytes(socket: Socket, events: FirstBytesEvents): void {
  let held: Buffer | undefined;
  const hear = (chunk: Buffer): void => {
    const bytes = held ? Buffer.concat([held, chunk]) : chunk;
    const isTls = bytes[0] === tlsFirstByte;
    const wrong = isTls ? faultOf(bytes, placeOf(socket)) : undefined;
    if (isTls && !wrong && !isWhole(bytes)) {
      held = bytes;
      return;
    }
    socket.off('data', hear);
    if (wrong) {
      events.failed(wrong);
      return;
    }
    socket.pause();
    socket.unshift(bytes);
    if (isTls) events.tls();
    else events.plain();
  };
  socket.on('data', hear);
}

const placeOf = ({ remoteAddress = '', remotePort = 0 }: Socket): string =>
  hostPort(plainAddress(remoteAddress), remotePort);

/** A hello in parts is refused: TLS would keep what has come of it, and much more beside. */
function faultOf(bytes: Buffer, peer: string): PomeloError | undefined {
  if (bytes.length < recordHead) return undefined;
  const size = recordHead + bytes.readUInt16BE(3);
  if (size > strangerBytes)
    return new PomeloError('FRAME_TOO_LARGE', { bytes: size, peer, limit: strangerBytes });
  const reason = 'its first record is no whole hello';
  if (size < bothHeads) return new PomeloError('FRAME_INVALID', { peer, reason });
  if (bytes.length < bothHeads) return undefined;
  const isHello =
    bytes[recordHead] === clientHello && bothHeads + bytes.readUIntBE(recordHead + 1, 3) === size;
  return isHello ? undefined : new PomeloError('FRAME_INVALID', { peer, reason });
}

function isWhole(bytes: Buffer): boolean {
  return bytes.length >= bothHeads && bytes.length >= recordHead + bytes.readUInt16BE(3);
}
