import type { Peer } from '@pomelo-ts/rpc/internal';
import type { AliveSessions, ToldSession } from '../session/backend-session-table.js';
import type { ByteReader } from '../wire/byte-reader.js';
import { frameKind } from '../wire/frame-kind.js';

/*
 * A frontend calls its sessions by their numbers; the id goes with the snapshot, which a backend hears first of a session.
 *
 * forward:       u8 flags, u32 number, u32 version of the session, [u8 length, id, u32 moves, u32 length, snapshot],
 *                u8 length, route, body
 * its answer:    u8 status, body in the client's format
 * sessionClosed: u32 number, reason
 * sessionsAlive: u32 lowest number, u32 highest number, u32 numbers: those that live between the two
 * sessionMoved:  u32 number, u32 moves; from the frontend that has the session no more
 * sessionTaken:  u32 number, u32 moves, u8 length, id; from the one that has it now
 *
 * `moves` is how often the session has moved by then. The two come by two connections, in any order.
 */

/** Most characters of the reason of a session's end that backends are told. */
const longestReason = 256;

/** Bits of a forward frame's flags. */
export const forwardFlag = { snapshot: 1, notify: 2 } as const;

/** First byte of the answer to a forward frame. */
export const forwardStatus = { body: 0, sessionUnknown: 1, error: 2, timeout: 3, refused: 4 } as const;

/** What a forward frame says before its body. */
export interface ForwardHead {
  /** Of the session. */
  readonly id: string;
  readonly number: number;
  readonly moves: number;
  readonly version: number;
  /** With it id and moves are written, and else not. */
  readonly snapshot: Uint8Array | undefined;
  readonly notify: boolean;
  readonly route: Buffer;
}

/** Bytes of everything before the body. */
export function forwardHeadBytes({ id, snapshot, route }: ForwardHead): number {
  return 1 + 4 + 4 + (snapshot ? 1 + id.length + 4 + 4 + snapshot.length : 0) + 1 + route.length;
}

/** Writes everything before the body; gives the offset after it. */
export function writeForwardHead(target: Buffer, offset: number, head: ForwardHead): number {
  const { snapshot, route } = head;
  target[offset] = (snapshot ? forwardFlag.snapshot : 0) | (head.notify ? forwardFlag.notify : 0);
  let at = target.writeUInt32BE(head.number, offset + 1);
  at = target.writeUInt32BE(head.version, at);
  if (snapshot) {
    target[at++] = head.id.length;
    at += target.write(head.id, at, 'latin1');
    at = target.writeUInt32BE(head.moves, at);
    at = target.writeUInt32BE(snapshot.length, at);
    target.set(snapshot, at);
    at += snapshot.length;
  }
  target[at++] = route.length;
  target.set(route, at);
  return at + route.length;
}

export function aliveBytes(numbers: readonly number[]): number {
  return 8 + 4 * numbers.length;
}

export function writeAlive(target: Buffer, offset: number, { from, to, numbers }: AliveSessions): void {
  let at = target.writeUInt32BE(to, target.writeUInt32BE(from, offset));
  for (const number of numbers) at = target.writeUInt32BE(number, at);
}

/** Throws FRAME_INVALID. */
export function readAlive(reader: ByteReader): AliveSessions {
  const from = reader.u32();
  const to = reader.u32();
  const numbers: number[] = [];
  while (reader.at < reader.end) numbers.push(reader.u32());
  return { from, to, numbers };
}

/** Tells a backend that a session has ended; false when too much waits for it, or it has no connection: it is told later. */
export function sendEnd(peer: Peer, number: number, reason: string): boolean {
  const short = reason.slice(0, longestReason);
  const at = peer.openRawControl(frameKind.sessionClosed, 4 + Buffer.byteLength(short));
  if (at < 0) return false;
  peer.buffer.write(short, peer.buffer.writeUInt32BE(number, at));
  return true;
}

/** Tells a backend that a session has moved on; false as {@link sendEnd}. */
export function sendMoved(peer: Peer, number: number, moves: number): boolean {
  const at = peer.openRawControl(frameKind.sessionMoved, 8);
  if (at < 0) return false;
  peer.buffer.writeUInt32BE(moves, peer.buffer.writeUInt32BE(number, at));
  return true;
}

/** Tells a backend of a session that has come from another frontend; false as {@link sendEnd}. */
export function sendTaken(peer: Peer, { id, number, moves }: ToldSession): boolean {
  const at = peer.openRawControl(frameKind.sessionTaken, 9 + id.length);
  if (at < 0) return false;
  const { buffer } = peer;
  const idAt = buffer.writeUInt8(id.length, buffer.writeUInt32BE(moves, buffer.writeUInt32BE(number, at)));
  buffer.write(id, idAt, 'latin1');
  return true;
}

/** Throws FRAME_INVALID. */
export function readTaken(reader: ByteReader): ToldSession {
  const number = reader.u32();
  const moves = reader.u32();
  return { number, moves, id: reader.text(reader.u8()) };
}

/** What a backend reads of a forward frame. The body is the rest of the reader. */
export interface ForwardFrame {
  readonly number: number;
  readonly version: number;
  /** The session's id; undefined without a snapshot. */
  readonly id: string | undefined;
  readonly moves: number;
  /** Offsets of the snapshot in the reader's bytes; equal when there is none. */
  readonly snapshotStart: number;
  readonly snapshotEnd: number;
  readonly route: string;
}

/** Reads up to the body. Throws FRAME_INVALID. */
export function readForwardFrame(reader: ByteReader): ForwardFrame {
  const flags = reader.u8();
  const number = reader.u32();
  const version = reader.u32();
  let id: string | undefined;
  let moves = 0;
  let snapshotStart = 0;
  let snapshotEnd = 0;
  if (flags & forwardFlag.snapshot) {
    id = reader.text(reader.u8());
    moves = reader.u32();
    const length = reader.u32();
    snapshotStart = reader.at;
    reader.skip(length);
    snapshotEnd = reader.at;
  }
  return { number, version, id, moves, snapshotStart, snapshotEnd, route: reader.text(reader.u8()) };
}
