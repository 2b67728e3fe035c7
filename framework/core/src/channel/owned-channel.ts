import { PomeloError } from '@pomelo-ts/common';
import type { Channel, ChannelMember, Delivery, MemberLike, PushOptions } from '../channel.js';
import type { Uid } from '../session.js';
import { frameKind } from '../wire/frame-kind.js';
import type { FrontendPorts } from './frontend-ports.js';
import { keyOf, type MemberKey, memberBytes, memberOf, writeMember } from './member.js';
import type { EncodedPush } from './push-frame.js';

/** What a channel needs of the service that made it. */
export interface ChannelHome {
  readonly ports: FrontendPorts;
  encode(route: string, msg: unknown, options: PushOptions | undefined): EncodedPush;
  destroyed(channel: OwnedChannel): void;
  failed(channel: string, error: unknown): void;
}

/** A channel on the server that owns it; each frontend with members keeps a mirror. */
export class OwnedChannel implements Channel {
  readonly name: string;
  readonly number: number;
  readonly #home: ChannelHome;
  /** By frontend, then by member. */
  readonly #frontends = new Map<string, Map<string, ChannelMember>>();
  readonly #listeners: ((member: ChannelMember, reason: 'left' | 'ended') => void)[] = [];
  #size = 0;
  #destroyed = false;

  constructor(name: string, number: number, home: ChannelHome) {
    this.name = name;
    this.number = number;
    this.#home = home;
  }

  get size(): number {
    return this.#size;
  }

  get members(): readonly ChannelMember[] {
    return [...this.#frontends.values()].flatMap((members) => [...members.values()]);
  }

  has(uid: Uid): boolean {
    const key = keyOf({ uid });
    for (const members of this.#frontends.values()) if (members.has(key)) return true;
    return false;
  }

  add(memberLike: MemberLike): boolean {
    this.#check();
    const member = memberOf(memberLike);
    const key = keyOf(member);
    let members = this.#frontends.get(member.frontendId);
    if (members?.has(key)) return false;
    if (!members) {
      members = new Map();
      this.#frontends.set(member.frontendId, members);
    }
    members.set(key, member);
    this.#size++;
    // A frontend that has left the cluster takes its members with it, also those who are added too late.
    if (!this.#tell(frameKind.channelAdd, member))
      queueMicrotask(() => this.#remove(member.frontendId, key, 'ended'));
    return true;
  }

  leave(memberLike: MemberLike): boolean {
    this.#check();
    const member = memberOf(memberLike);
    if (!this.#remove(member.frontendId, keyOf(member), 'left')) return false;
    this.#tell(frameKind.channelLeave, member);
    return true;
  }

  push(route: string, msg: unknown, options?: PushOptions): void {
    this.#check();
    if (this.#size === 0) return;
    const push = this.#home.encode(route, msg, options);
    for (const frontendId of this.#frontends.keys()) {
      this.#home.ports.send(frontendId, frameKind.channelPush, 4 + push.bytes.length, (buffer, at) =>
        this.#writePush(buffer, at, push),
      );
    }
  }

  async deliver(route: string, msg: unknown, options?: PushOptions): Promise<Delivery> {
    this.#check();
    const push = this.#home.encode(route, msg, options);
    const failed: string[] = [];
    const counts = await Promise.all(
      [...this.#frontends.keys()].map((frontendId) =>
        this.#home.ports
          .ask(frontendId, frameKind.channelPush, 4 + push.bytes.length, (buffer, at) =>
            this.#writePush(buffer, at, push),
          )
          .catch(() => {
            failed.push(frontendId);
            return 0;
          }),
      ),
    );
    return { delivered: counts.reduce((sum, count) => sum + count, 0), failed };
  }

  onLeave(listener: (member: ChannelMember, reason: 'left' | 'ended') => void): void {
    this.#listeners.push(listener);
  }

  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    for (const frontendId of this.#frontends.keys()) {
      this.#home.ports.send(frontendId, frameKind.channelDrop, 4, (buffer, at) =>
        buffer.writeUInt32BE(this.number, at),
      );
    }
    this.#frontends.clear();
    this.#size = 0;
    this.#home.destroyed(this);
  }

  /** The frontend says that a member's session has ended. */
  memberLeft(frontendId: string, member: MemberKey): void {
    this.#remove(frontendId, keyOf(member), 'ended');
  }

  /** A frontend has left the cluster, and all its members with it. */
  frontendGone(frontendId: string): void {
    for (const key of [...(this.#frontends.get(frontendId)?.keys() ?? [])])
      this.#remove(frontendId, key, 'ended');
  }

  /** A connection to a frontend opens: before anything else it must know the members it has. */
  frontendUp(frontendId: string): void {
    for (const member of this.#frontends.get(frontendId)?.values() ?? [])
      this.#tell(frameKind.channelAdd, member);
  }

  #check(): void {
    if (this.#destroyed) throw new PomeloError('CHANNEL_DESTROYED', { channel: this.name });
  }

  #remove(frontendId: string, key: string, reason: 'left' | 'ended'): boolean {
    const members = this.#frontends.get(frontendId);
    const member = members?.get(key);
    if (!members || !member) return false;
    members.delete(key);
    if (members.size === 0) this.#frontends.delete(frontendId);
    this.#size--;
    for (const listener of this.#listeners) {
      try {
        listener(member, reason);
      } catch (error) {
        this.#home.failed(this.name, error);
      }
    }
    return true;
  }

  #tell(kind: number, member: ChannelMember): boolean {
    return this.#home.ports.send(member.frontendId, kind, 4 + memberBytes(member), (buffer, at) =>
      writeMember(buffer, buffer.writeUInt32BE(this.number, at), member),
    );
  }

  #writePush(buffer: Buffer, at: number, push: EncodedPush): void {
    push.bytes.copy(buffer, buffer.writeUInt32BE(this.number, at));
  }
}
