import type { ByteReader } from '../wire/byte-reader.js';

/*
 * forward:       u8 flags, u32 session id, u32 session version, [u32 length, snapshot], u8 length, route, body
 * its answer:    u8 status, body in the client's format
 * sessionClosed: u32 session id, reason
 * sessionsAlive: u32 lowest id, u32 highest id, u32 session ids: those that live between the two
 */

/** Bits of a forward frame's flags. */
export const forwardFlag = { snapshot: 1, notify: 2 } as const;

/** First byte of the answer to a forward frame. */
export const forwardStatus = { body: 0, sessionUnknown: 1 } as const;

/** What a forward frame says before its body. */
export interface ForwardHead {
  readonly sessionId: number;
  readonly version: number;
  readonly snapshot: Uint8Array | undefined;
  readonly notify: boolean;
  readonly route: Buffer;
}

/** Bytes of everything before the body. */
export function forwardHeadBytes(head: ForwardHead): number {
  return 1 + 4 + 4 + (head.snapshot ? 4 + head.snapshot.length : 0) + 1 + head.route.length;
}

/** Writes everything before the body; gives the offset after it. */
export function writeForwardHead(target: Buffer, offset: number, head: ForwardHead): number {
  const { snapshot, route } = head;
  target[offset] = (snapshot ? forwardFlag.snapshot : 0) | (head.notify ? forwardFlag.notify : 0);
  let at = target.writeUInt32BE(head.sessionId, offset + 1);
  at = target.writeUInt32BE(head.version, at);
  if (snapshot) {
    at = target.writeUInt32BE(snapshot.length, at);
    target.set(snapshot, at);
    at += snapshot.length;
  }
  target[at++] = route.length;
  target.set(route, at);
  return at + route.length;
}

/** Which sessions live, of those whose ids are from `from` to `to`. */
export interface AliveSessions {
  readonly from: number;
  readonly to: number;
  readonly ids: readonly number[];
}

export function aliveBytes(ids: readonly number[]): number {
  return 8 + 4 * ids.length;
}

export function writeAlive(target: Buffer, offset: number, { from, to, ids }: AliveSessions): void {
  let at = target.writeUInt32BE(to, target.writeUInt32BE(from, offset));
  for (const id of ids) at = target.writeUInt32BE(id, at);
}

/** Throws FRAME_INVALID. */
export function readAlive(reader: ByteReader): AliveSessions {
  const from = reader.u32();
  const to = reader.u32();
  const ids: number[] = [];
  while (reader.at < reader.end) ids.push(reader.u32());
  return { from, to, ids };
}

/** What a backend reads of a forward frame. The body is the rest of the reader. */
export interface ForwardFrame {
  readonly sessionId: number;
  readonly version: number;
  /** Offsets of the snapshot in the reader's bytes; equal when there is none. */
  readonly snapshotStart: number;
  readonly snapshotEnd: number;
  readonly route: string;
}

/** Reads up to the body. Throws FRAME_INVALID. */
export function readForwardFrame(reader: ByteReader): ForwardFrame {
  const flags = reader.u8();
  const sessionId = reader.u32();
  const version = reader.u32();
  let snapshotStart = 0;
  let snapshotEnd = 0;
  if (flags & forwardFlag.snapshot) {
    const length = reader.u32();
    snapshotStart = reader.at;
    reader.skip(length);
    snapshotEnd = reader.at;
  }
  return { sessionId, version, snapshotStart, snapshotEnd, route: reader.text(reader.u8()) };
}
