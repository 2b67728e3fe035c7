import { PomeloError } from '@pomelo-ts/common';
import { shown } from '@pomelo-ts/common/internal';
import type { ChannelMember, MemberLike } from '../channel.js';
import { checkUid } from '../session/uid.js';
import type { Uid } from '../session.js';
import type { ByteReader } from '../wire/byte-reader.js';

/** Whom a frontend finds its sessions by: a uid, or the number of one session. */
export type MemberKey = { readonly uid: Uid } | { readonly sessionId: number };

/** How a member travels: u8 kind, then u32 session id, u16 length and text, or a double. */
const memberKind = { session: 0, text: 1, number: 2 } as const;

/** The member that a session or a uid stands for. Throws UID_INVALID, also for what names nobody. */
export function memberOf(member: MemberLike): ChannelMember {
  checkMember(member);
  const { uid, frontendId } = member;
  const { id } = member as { id?: unknown };
  // Without a uid it must be a session.
  if (uid !== undefined || typeof id !== 'number') return { uid: checkUid(uid), frontendId };
  return { frontendId, sessionId: id };
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
export function keyOf({ uid, sessionId }: { readonly uid?: Uid; readonly sessionId?: number }): string {
  if (uid === undefined) return `s${sessionId}`;
  return typeof uid === 'number' ? `n${uid}` : `t${uid}`;
}

export function memberBytes(member: { readonly uid?: Uid; readonly sessionId?: number }): number {
  if (member.uid === undefined) return 1 + 4;
  return typeof member.uid === 'number' ? 1 + 8 : 1 + 2 + Buffer.byteLength(member.uid);
}

/** Writes a member; gives the offset after it. */
export function writeMember(
  target: Buffer,
  at: number,
  member: { readonly uid?: Uid; readonly sessionId?: number },
): number {
  const { uid } = member;
  if (uid === undefined) {
    target[at] = memberKind.session;
    return target.writeUInt32BE(member.sessionId!, at + 1);
  }
  if (typeof uid === 'number') {
    target[at] = memberKind.number;
    return target.writeDoubleBE(uid, at + 1);
  }
  target[at] = memberKind.text;
  const written = target.write(uid, at + 3);
  target.writeUInt16BE(written, at + 1);
  return at + 3 + written;
}

export function readMember(reader: ByteReader): MemberKey {
  const kind = reader.u8();
  if (kind === memberKind.session) return { sessionId: reader.u32() };
  return { uid: kind === memberKind.number ? reader.f64() : reader.text(reader.u16()) };
}
