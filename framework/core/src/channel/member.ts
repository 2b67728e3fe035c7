import { PomeloError } from '@pomelo-ts/common';
import { shown } from '@pomelo-ts/common/internal';
import type { ChannelMember, MemberLike } from '../channel.js';
import { checkUid } from '../session/uid.js';
import { longestSessionId, type Uid } from '../session-names.js';
import type { ByteReader } from '../wire/byte-reader.js';

/** Whom a frontend finds its sessions by: a uid, or the id of one session. */
export type MemberKey = { readonly uid: Uid } | { readonly sessionId: string };

/** How a member travels: u8 kind, then u16 length and text, or a double. */
const memberKind = { session: 0, text: 1, number: 2 } as const;

/** The member that a session or a uid stands for. Throws UID_INVALID, also for what names nobody. */
export function memberOf(member: MemberLike): ChannelMember {
  checkMember(member);
  const { uid, frontendId } = member;
  const { id } = member as { id?: unknown };
  // Without a uid it must be a session.
  if (uid !== undefined || !isSessionId(id)) return { uid: checkUid(uid), frontendId };
  return { frontendId, sessionId: id };
}

function isSessionId(id: unknown): id is string {
  return typeof id === 'string' && id !== '' && id.length <= longestSessionId;
}

/** Gives back a member of a push list, which has to have a uid. Throws UID_INVALID. */
export function checkListed<T extends MemberLike>(member: T): T {
  checkMember(member);
  checkUid(member.uid);
  return member;
}

function checkMember(member: unknown): void {
  const problem =
    typeof member !== 'object' || member === null
      ? `${shown(member)} for a member`
      : typeof (member as MemberLike).frontendId !== 'string' &&
        `a member whose frontendId is ${shown((member as MemberLike).frontendId)}`;
  if (problem) throw new PomeloError('UID_INVALID', { got: problem });
}

/** A text that is the same for the same member only: a number and its text are two uids. */
export function keyOf({ uid, sessionId }: { readonly uid?: Uid; readonly sessionId?: string }): string {
  if (uid === undefined) return `s${sessionId}`;
  return typeof uid === 'number' ? `n${uid}` : `t${uid}`;
}

export function memberBytes(member: { readonly uid?: Uid; readonly sessionId?: string }): number {
  const { uid = member.sessionId! } = member;
  return typeof uid === 'number' ? 1 + 8 : 1 + 2 + Buffer.byteLength(uid);
}

/** Writes a member; gives the offset after it. */
export function writeMember(
  target: Buffer,
  at: number,
  member: { readonly uid?: Uid; readonly sessionId?: string },
): number {
  const { uid = member.sessionId! } = member;
  if (typeof uid === 'number') {
    target[at] = memberKind.number;
    return target.writeDoubleBE(uid, at + 1);
  }
  target[at] = member.uid === undefined ? memberKind.session : memberKind.text;
  const written = target.write(uid, at + 3);
  target.writeUInt16BE(written, at + 1);
  return at + 3 + written;
}

export function readMember(reader: ByteReader): MemberKey {
  const kind = reader.u8();
  if (kind === memberKind.session) return { sessionId: reader.text(reader.u16()) };
  return { uid: kind === memberKind.number ? reader.f64() : reader.text(reader.u16()) };
}

/** What a frontend tells of a member that is on another one now. */
export interface MovedMember {
  readonly member: MemberKey;
  /** Which of the member's times in the channel this is. */
  readonly stamp: number;
  /** Whether it is a member on the former frontend, too: its uid has other sessions there. */
  readonly stays: boolean;
  /** Server id of the frontend that it has moved to. */
  readonly frontendId: string;
}

export function movedMemberBytes({ member, frontendId }: MovedMember): number {
  return 4 + memberBytes(member) + 1 + Buffer.byteLength(frontendId);
}

/** Writes what {@link readMovedMember} reads. */
export function writeMovedMember(target: Buffer, offset: number, moved: MovedMember): void {
  const at = writeMember(target, target.writeUInt32BE(moved.stamp, offset), moved.member);
  target.write(moved.frontendId, target.writeUInt8(moved.stays ? 1 : 0, at));
}

/** Reads to the end of the frame. Throws FRAME_INVALID. */
export function readMovedMember(reader: ByteReader): MovedMember {
  const stamp = reader.u32();
  const member = readMember(reader);
  const stays = reader.u8() === 1;
  return { member, stamp, stays, frontendId: reader.text(reader.end - reader.at) };
}
