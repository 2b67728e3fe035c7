import { type Clock, type Histogram, PomeloError } from '@pomelo-ts/common';
import type { Peer } from '@pomelo-ts/rpc/internal';
import type { FrontendSession, JoinedChannel } from '../session/frontend-session.js';
import type { SessionTable, UidEntry } from '../session/session-table.js';
import type { Uid } from '../session-names.js';
import { ByteReader } from '../wire/byte-reader.js';
import type { ClientFormat } from '../wire/client-format.js';
import { frameKind } from '../wire/frame-kind.js';
import { Push } from '../wire/push.js';
import { ChannelMirror } from './channel-mirror.js';
import { keyOf, type MemberKey, type MovedMember, readMember } from './member.js';
import { MovedMembers } from './moved-members.js';
import type { OwnerNotifier } from './owner-notifier.js';
import { readPushHead } from './push-frame.js';

/** A frontend's end of all pushes: keeps the mirrors of channels, and writes each push once for all its receivers. */
export class PushReceiver {
  readonly #sessions: SessionTable;
  readonly #format: ClientFormat;
  readonly #owners: OwnerNotifier;
  readonly #movedMembers: MovedMembers;
  readonly #fanout: Histogram;
  /** Mirrors kept, for tests and tools. */
  get mirrors(): number {
    let count = 0;
    for (const mirrors of this.#mirrors.values()) count += mirrors.size;
    return count;
  }

  /** By owner's server id, then by channel number. */
  readonly #mirrors = new Map<string, Map<number, ChannelMirror>>();

  constructor(
    sessions: SessionTable,
    format: ClientFormat,
    owners: OwnerNotifier,
    { clock, fanout }: { readonly clock: Clock; readonly fanout: Histogram },
  ) {
    this.#movedMembers = new MovedMembers(clock);
    this.#fanout = fanout;
    this.#sessions = sessions;
    this.#format = format;
    this.#owners = owners;
  }

  /** Takes a frame of `ownerId`; gives to how many connections it went. Throws FRAME_INVALID. */
  receive(kind: number, ownerId: string, bytes: Buffer, start: number, end: number): number {
    const reader = new ByteReader(bytes, start, end, ownerId);
    switch (kind) {
      case frameKind.channelAdd:
        this.#add(ownerId, reader.u32(), reader.u32(), readMember(reader));
        return 0;
      case frameKind.channelLeave:
        this.#leave(ownerId, reader.u32(), reader.u32(), readMember(reader));
        return 0;
      case frameKind.channelDrop:
        this.#drop(ownerId, reader.u32());
        return 0;
      case frameKind.channelPush:
        return this.#channelPush(this.#mirrors.get(ownerId)?.get(reader.u32()), reader);
      case frameKind.listPush:
        return this.#listPush(reader);
      case frameKind.broadcast:
        return this.#broadcast(reader);
      default:
        throw new PomeloError('FRAME_INVALID', { peer: ownerId, reason: `unknown kind ${kind}` });
    }
  }

  /** The connection to an owner broke; it tells its members again when it is back. */
  ownerDown(ownerId: string): void {
    for (const mirror of this.#mirrors.get(ownerId)?.values() ?? []) mirror.drop();
    this.#mirrors.delete(ownerId);
    this.#owners.forget(ownerId);
  }

  /** There is room again for an owner that could not be told all. */
  ownerDrained(peer: Peer): void {
    this.#owners.drained(peer);
  }

  /** The last session of a uid has ended here. */
  uidLeft({ uid, channels }: UidEntry): void {
    for (const mirror of channels ?? []) this.#ended(mirror, { uid });
  }

  sessionClosed(session: FrontendSession): void {
    for (const mirror of session.channels ?? []) this.#ended(mirror, { sessionId: session.id });
  }

  /** The session has come from another frontend. */
  sessionTaken(session: FrontendSession): void {
    this.#movedMembers.forget({ sessionId: session.id });
    if (session.uid !== undefined) this.uidCame(session.uid);
  }

  /** A session here has the uid. */
  uidCame(uid: Uid): void {
    this.#movedMembers.forget({ uid });
  }

  /** The session is on another frontend now, and what it was a member of by itself is so, too. */
  sessionMoved(session: FrontendSession, frontendId: string): void {
    const member = { sessionId: session.id };
    this.#movedMembers.note(member, frontendId);
    for (const mirror of session.channels ?? []) this.#moved(mirror, { member, stays: false, frontendId });
  }

  /** One of the uid's sessions is on another frontend now; `stays` when there are others here. */
  uidMoved({ uid, channels }: UidEntry, frontendId: string, stays: boolean): void {
    const member = { uid };
    if (!stays) this.#movedMembers.note(member, frontendId);
    for (const mirror of channels ?? []) this.#moved(mirror, { member, stays, frontendId });
  }

  #moved(mirror: JoinedChannel, moved: Omit<MovedMember, 'stamp'>): void {
    const { member, stays } = moved;
    const stamp = stays ? mirror.stampOf(member) : mirror.leave(member);
    this.#forgetEmpty(mirror);
    if (stamp === undefined) return;
    this.#owners.tellMemberMoved(mirror.ownerId, mirror.number, { ...moved, stamp });
  }

  #ended(mirror: JoinedChannel, member: MemberKey): void {
    const stamp = mirror.leave(member);
    this.#forgetEmpty(mirror);
    if (stamp !== undefined) this.#owners.tellMemberLeft(mirror.ownerId, mirror.number, member, stamp);
  }

  #add(ownerId: string, number: number, stamp: number, member: MemberKey): void {
    let mirrors = this.#mirrors.get(ownerId);
    if (!mirrors) {
      mirrors = new Map();
      this.#mirrors.set(ownerId, mirrors);
    }
    let mirror = mirrors.get(number);
    if (!mirror) {
      mirror = new ChannelMirror(ownerId, number, this.#sessions);
      mirrors.set(number, mirror);
    }
    if (mirror.add(member, stamp)) return;
    this.#forgetEmpty(mirror);
    const frontendId = this.#movedMembers.find(member);
    if (frontendId === undefined) this.#owners.tellMemberLeft(ownerId, number, member, stamp);
    else this.#owners.tellMemberMoved(ownerId, number, { member, stamp, stays: false, frontendId });
  }

  #leave(ownerId: string, number: number, stamp: number, member: MemberKey): void {
    this.#owners.unsay(ownerId, number, member, stamp);
    const mirror = this.#mirrors.get(ownerId)?.get(number);
    if (!mirror) return;
    mirror.leave(member);
    this.#forgetEmpty(mirror);
  }

  /** Its owner may create and destroy channels for ever, and does not tell a frontend without members. */
  #forgetEmpty(mirror: JoinedChannel): void {
    if (!mirror.empty) return;
    const mirrors = this.#mirrors.get(mirror.ownerId);
    if (mirrors?.get(mirror.number) === mirror) mirrors.delete(mirror.number);
  }

  #drop(ownerId: string, number: number): void {
    const mirrors = this.#mirrors.get(ownerId);
    mirrors?.get(number)?.drop();
    mirrors?.delete(number);
    this.#owners.forget(ownerId, number);
  }

  #channelPush(mirror: ChannelMirror | undefined, reader: ByteReader): number {
    if (!mirror) {
      this.#fanout.observe(0);
      return 0;
    }
    const { except, route } = readPushHead(reader);
    const push = this.#push(route, reader);
    let delivered = 0;
    mirror.forEachSession(except, (session) => {
      if (this.#give(session, push)) delivered++;
    });
    this.#fanout.observe(delivered);
    return delivered;
  }

  #listPush(reader: ByteReader): number {
    const members: MemberKey[] = [];
    for (let i = reader.u32(); i > 0; i--) members.push(readMember(reader));
    const { except, route } = readPushHead(reader);
    const push = this.#push(route, reader);
    let delivered = 0;
    for (const member of members) {
      if (except?.has(keyOf(member))) continue;
      for (const session of this.#sessionsOf(member)) if (this.#give(session, push)) delivered++;
    }
    this.#fanout.observe(delivered);
    return delivered;
  }

  #broadcast(reader: ByteReader): number {
    const boundOnly = reader.u8() === 1;
    const { except, route } = readPushHead(reader);
    const push = this.#push(route, reader);
    let delivered = 0;
    for (const session of this.#sessions.all()) {
      if (session.uid === undefined ? boundOnly : except?.has(keyOf({ uid: session.uid }))) continue;
      if (this.#give(session, push)) delivered++;
    }
    this.#fanout.observe(delivered);
    return delivered;
  }

  #give(session: FrontendSession, push: Push): boolean {
    const taken = session.link.push(push);
    const { active } = this.#sessions.traces;
    if (active !== undefined) active.pushed(session, push.route, push.messageBytes, taken);
    return taken;
  }

  #sessionsOf(member: MemberKey): Iterable<FrontendSession> {
    if ('uid' in member) return this.#sessions.ofUid(member.uid)?.sessions ?? [];
    const session = this.#sessions.get(member.sessionId);
    return session ? [session] : [];
  }

  /** The push for all its receivers; valid as long as the reader's bytes. */
  #push(route: string, reader: ByteReader): Push {
    return new Push(route, this.#format.dictionary?.codeOf(route), reader.bytes, reader.at, reader.end);
  }
}
