import { PomeloError } from '@pomelo-ts/common';
import { messageHeadBytes, messageType, packageType, writeMessageHead } from '@pomelo-ts/protocol';
import type { Peer } from '@pomelo-ts/rpc/internal';
import { openPackageFrame } from '../acceptor/package-frame.js';
import type { FrontendSession } from '../session/frontend-session.js';
import type { SessionTable, UidEntry } from '../session/session-table.js';
import { ByteReader } from '../wire/byte-reader.js';
import type { ClientFormat } from '../wire/client-format.js';
import { frameKind } from '../wire/frame-kind.js';
import { ChannelMirror } from './channel-mirror.js';
import { keyOf, type MemberKey, readMember } from './member.js';
import type { OwnerPorts } from './owner-ports.js';
import { readPushHead } from './push-frame.js';

/** A frontend's end of all pushes: keeps the mirrors of channels, and writes each push once for all its receivers. */
export class PushReceiver {
  readonly #sessions: SessionTable;
  readonly #format: ClientFormat;
  readonly #owners: OwnerPorts;
  /** Mirrors kept, for tests and tools. */
  get mirrors(): number {
    let count = 0;
    for (const mirrors of this.#mirrors.values()) count += mirrors.size;
    return count;
  }

  /** By owner's server id, then by channel number. */
  readonly #mirrors = new Map<string, Map<number, ChannelMirror>>();

  constructor(sessions: SessionTable, format: ClientFormat, owners: OwnerPorts) {
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

  #ended(mirror: ChannelMirror, member: MemberKey): void {
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
    this.#owners.tellMemberLeft(ownerId, number, member, stamp);
  }

  #leave(ownerId: string, number: number, stamp: number, member: MemberKey): void {
    this.#owners.unsay(ownerId, number, member, stamp);
    const mirror = this.#mirrors.get(ownerId)?.get(number);
    if (!mirror) return;
    mirror.leave(member);
    this.#forgetEmpty(mirror);
  }

  /** Its owner may create and destroy channels for ever, and does not tell a frontend without members. */
  #forgetEmpty(mirror: ChannelMirror): void {
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
    if (!mirror) return 0;
    const { except, route } = readPushHead(reader);
    const frame = this.#frame(route, reader);
    let delivered = 0;
    mirror.forEachSession(except, (session) => {
      if (session.connection.sendPush(frame)) delivered++;
    });
    return delivered;
  }

  #listPush(reader: ByteReader): number {
    const members: MemberKey[] = [];
    for (let i = reader.u32(); i > 0; i--) members.push(readMember(reader));
    const { except, route } = readPushHead(reader);
    const frame = this.#frame(route, reader);
    let delivered = 0;
    for (const member of members) {
      if (except?.has(keyOf(member))) continue;
      for (const session of this.#sessionsOf(member)) if (session.connection.sendPush(frame)) delivered++;
    }
    return delivered;
  }

  #broadcast(reader: ByteReader): number {
    const boundOnly = reader.u8() === 1;
    const { except, route } = readPushHead(reader);
    const frame = this.#frame(route, reader);
    let delivered = 0;
    for (const session of this.#sessions.all()) {
      if (session.uid === undefined ? boundOnly : except?.has(keyOf({ uid: session.uid }))) continue;
      if (session.connection.sendPush(frame)) delivered++;
    }
    return delivered;
  }

  #sessionsOf(member: MemberKey): Iterable<FrontendSession> {
    if ('uid' in member) return this.#sessions.ofUid(member.uid)?.sessions ?? [];
    const session = this.#sessions.get(member.sessionId);
    return session ? [session] : [];
  }

  /** The push as all its receivers get it. */
  #frame(route: string, reader: ByteReader): Buffer {
    const address = this.#format.dictionary?.codeOf(route) || route;
    const headBytes = messageHeadBytes(messageType.push, 0, address);
    const bodyBytes = reader.end - reader.at;
    const frame = openPackageFrame(packageType.data, headBytes + bodyBytes);
    const at = frame.length - bodyBytes;
    writeMessageHead(frame, at - headBytes, messageType.push, 0, address);
    reader.bytes.copy(frame, at, reader.at, reader.end);
    return frame;
  }
}
