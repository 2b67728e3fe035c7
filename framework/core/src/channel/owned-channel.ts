import { PomeloError } from '@pomelo-ts/common';
import type { Channel, ChannelMember, Delivery, MemberLike, PushOptions } from '../channel.js';
import type { Uid } from '../session-names.js';
import type { Tracing } from '../tracing.js';
import type { UidTraces } from '../uid-traces/uid-traces.js';
import { frameKind } from '../wire/frame-kind.js';
import type { ChannelSizes } from './channel-sizes.js';
import { keyOf, type MemberKey, type MovedMember, memberOf } from './member.js';
import type { EncodedPush } from './push-frame.js';
import type { PushSender, WriteFrame } from './push-sender.js';

/** What a channel needs of the service that made it. */
export interface ChannelHome {
  readonly sender: PushSender;
  readonly sizes: ChannelSizes;
  readonly tracing: Tracing | undefined;
  readonly traces: UidTraces;
  encode(route: string, msg: unknown, options: PushOptions | undefined): EncodedPush;
  destroyed(channel: OwnedChannel): void;
  /** Calls `fn` so many ms later. */
  after(ms: number, fn: () => void): void;
  failed(channel: string, error: unknown): void;
}

/** A member, and which of its times in the channel this is: late word of a former one changes nothing. */
interface Stay {
  readonly member: ChannelMember;
  readonly stamp: number;
}

/** How long a frontend that a member has moved to may be unknown, in ms. */
const longestMoveMs = 5000;

/** A channel on the server that owns it; each frontend with members keeps a mirror. */
export class OwnedChannel implements Channel {
  readonly name: string;
  readonly number: number;
  readonly #home: ChannelHome;
  /** By frontend, then by member. */
  readonly #frontends = new Map<string, Map<string, Stay>>();
  readonly #listeners: ((member: ChannelMember, reason: 'left' | 'ended') => void)[] = [];
  #size = 0;
  #lastStamp = 0;
  #destroyed = false;

  constructor(name: string, number: number, home: ChannelHome) {
    this.name = name;
    this.number = number;
    this.#home = home;
    home.sizes.made();
  }

  get size(): number {
    return this.#size;
  }

  get members(): readonly ChannelMember[] {
    return [...this.#frontends.values()].flatMap((members) =>
      [...members.values()].map(({ member }) => member),
    );
  }

  has(uid: Uid): boolean {
    const key = keyOf({ uid });
    for (const members of this.#frontends.values()) if (members.has(key)) return true;
    return false;
  }

  add(memberLike: MemberLike): boolean {
    this.#check();
    const member = memberOf(memberLike);
    const stay = this.#put(member);
    // A frontend that has left the cluster takes its members with it, also those who are added too late.
    if (stay && !this.#tell(stay, true))
      queueMicrotask(() => this.#remove(member.frontendId, keyOf(member), 'ended'));
    return stay !== undefined;
  }

  leave(memberLike: MemberLike): boolean {
    this.#check();
    const member = memberOf(memberLike);
    const key = keyOf(member);
    const stay = this.#frontends.get(member.frontendId)?.get(key);
    if (!stay) return false;
    // Before the listeners hear of it: they may push.
    this.#tell(stay, false);
    this.#remove(member.frontendId, key, 'left');
    return true;
  }

  push(route: string, msg: unknown, options?: PushOptions): void {
    this.#check();
    if (this.#size === 0) return;
    const push = this.#home.encode(route, msg, options);
    const ended = this.#home.tracing?.push(route, { kind: 'channel', name: this.name });
    const [frontends, members] = [this.#frontends.size, this.#size];
    let failed = 0;
    for (const frontendId of this.#frontends.keys()) {
      const write: WriteFrame = (buffer, at) => this.#writePush(buffer, at, push);
      if (!this.#home.sender.send(frontendId, frameKind.channelPush, 4 + push.bytes.length, write)) failed++;
    }
    ended?.({ frontends, failed, members });
  }

  async deliver(route: string, msg: unknown, options?: PushOptions): Promise<Delivery> {
    this.#check();
    const push = this.#home.encode(route, msg, options);
    const ended = this.#home.tracing?.push(route, { kind: 'channel', name: this.name });
    const members = this.#size;
    const failed: string[] = [];
    const counts = await Promise.all(
      [...this.#frontends.keys()].map((frontendId) =>
        this.#home.sender
          .ask(frontendId, frameKind.channelPush, 4 + push.bytes.length, (buffer, at) =>
            this.#writePush(buffer, at, push),
          )
          .catch(() => {
            failed.push(frontendId);
            return 0;
          }),
      ),
    );
    const delivered = counts.reduce((sum, count) => sum + count, 0);
    ended?.({ frontends: counts.length, failed: failed.length, members, delivered });
    return { delivered, failed };
  }

  onLeave(listener: (member: ChannelMember, reason: 'left' | 'ended') => void): void {
    this.#listeners.push(listener);
  }

  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    for (const [frontendId, members] of this.#frontends)
      this.#home.sender.tellDrop(frontendId, this.number, members.keys());
    this.#frontends.clear();
    this.#home.sizes.gone(this.#size);
    this.#size = 0;
    this.#home.destroyed(this);
  }

  /** The frontend says that a member's session has ended. */
  memberLeft(frontendId: string, member: MemberKey, stamp: number): void {
    const key = keyOf(member);
    if (this.#frontends.get(frontendId)?.get(key)?.stamp === stamp) this.#remove(frontendId, key, 'ended');
  }

  /**
   * The frontend says that a member is on another one now, as it is told from here on. One that this server does not know yet has its
   * members told once it does; if that takes too long, they have ended.
   */
  memberMoved(formerId: string, { member, stamp, stays, frontendId }: MovedMember): void {
    const key = keyOf(member);
    const former = this.#frontends.get(formerId)?.get(key);
    if (former?.stamp !== stamp || formerId === frontendId) return;
    const stay = this.#put({ ...member, frontendId });
    if (!stays) this.#take(formerId, key);
    if (!stay || this.#tell(stay, true)) return;
    this.#home.after(longestMoveMs, () => {
      if (this.#frontends.get(frontendId)?.get(key) === stay && !this.#home.sender.knows(frontendId))
        this.#remove(frontendId, key, 'ended');
    });
  }

  /** A frontend has left the cluster, and all its members with it. */
  frontendGone(frontendId: string): void {
    for (const key of [...(this.#frontends.get(frontendId)?.keys() ?? [])])
      this.#remove(frontendId, key, 'ended');
  }

  /** A connection to a frontend opens: before anything else it must know the members it has. */
  frontendUp(frontendId: string): void {
    for (const stay of this.#frontends.get(frontendId)?.values() ?? []) this.#tell(stay, true);
  }

  #check(): void {
    if (this.#destroyed) throw new PomeloError('CHANNEL_DESTROYED', { channel: this.name });
  }

  /** Notes a member; undefined when it is one already. */
  #put(member: ChannelMember): Stay | undefined {
    const key = keyOf(member);
    let members = this.#frontends.get(member.frontendId);
    if (members?.has(key)) return undefined;
    if (!members) {
      members = new Map();
      this.#frontends.set(member.frontendId, members);
    }
    this.#lastStamp = (this.#lastStamp + 1) >>> 0;
    const stay = { member, stamp: this.#lastStamp };
    members.set(key, stay);
    this.#resize(1);
    this.#home.traces.active?.happened(member.uid, 'join', this.name);
    return stay;
  }

  /** Notes that there is no such member any more; gives who it was. */
  #take(frontendId: string, key: string): ChannelMember | undefined {
    const members = this.#frontends.get(frontendId);
    const member = members?.get(key)?.member;
    if (!members || !member) return undefined;
    members.delete(key);
    if (members.size === 0) this.#frontends.delete(frontendId);
    this.#resize(-1);
    this.#home.traces.active?.happened(member.uid, 'leave', this.name);
    return member;
  }

  #remove(frontendId: string, key: string, reason: 'left' | 'ended'): void {
    const member = this.#take(frontendId, key);
    if (!member) return;
    for (const listener of this.#listeners) {
      try {
        listener(member, reason);
      } catch (error) {
        this.#home.failed(this.name, error);
      }
    }
  }

  #resize(by: 1 | -1): void {
    this.#home.sizes.changed(this.#size, this.#size + by);
    this.#size += by;
  }

  #tell({ member, stamp }: Stay, inside: boolean): boolean {
    return this.#home.sender.tellMember({ channel: this.number, member, stamp, inside });
  }

  #writePush(buffer: Buffer, at: number, push: EncodedPush): void {
    push.bytes.copy(buffer, buffer.writeUInt32BE(this.number, at));
  }
}
