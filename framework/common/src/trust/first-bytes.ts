import type { Socket } from 'node:net';
import { PomeloError } from '../errors.js';
import { tlsFirstByte } from './secure-options.js';

/** Most bytes that are kept of a connection before its first record of TLS is whole: one that names a key has some 300, or 1600 with keys that withstand quantum computers. */
export const strangerBytes = 4096;

/** Bytes of the head of a record: type, version and length. */
const headBytes = 5;

/** What the first bytes of a connection say. Called once, while they are still unread. */
export interface FirstBytesEvents {
  /** The first record of TLS is whole. */
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
    const wanted = bytes.length < headBytes ? headBytes : headBytes + bytes.readUInt16BE(3);
    if (isTls && wanted > strangerBytes) {
      const peer = `${socket.remoteAddress}:${socket.remotePort}`;
      socket.off('data', hear);
      events.failed(new PomeloError('FRAME_TOO_LARGE', { bytes: wanted, peer, limit: strangerBytes }));
    } else if (isTls && bytes.length < wanted) held = bytes;
    else {
      socket.off('data', hear);
      socket.pause();
      socket.unshift(bytes);
      if (isTls) events.tls();
      else events.plain();
    }
  };
  socket.on('data', hear);
}
