import type { RpcNode } from '@pomelo-ts/rpc';
import type { Peer } from '@pomelo-ts/rpc/internal';
import type { CoreMeasures } from '../measures.js';
import { frameKind } from '../wire/frame-kind.js';
import type { ChannelService } from './channel-service.js';
import {
  keyOf,
  type MemberKey,
  type MovedMember,
  memberBytes,
  movedMemberBytes,
  writeMember,
  writeMovedMember,
} from './member.js';

/** A member whose session has ended, and its owner does not know it yet. */
interface Ended {
  readonly channel: number;
  readonly member: MemberKey;
  readonly stamp: number;
  readonly moved?: undefined;
}

/** A member that is on another frontend now, and its owner does not know it yet. */
interface Moved {
  readonly channel: number;
  readonly moved: MovedMember;
}

/** Tells the owners of channels what a frontend knows: over RPC, or straight in when this server is the owner. */
export class OwnerNotifier {
  readonly #node: RpcNode;
  readonly #counters: CoreMeasures;
  readonly #channels: ChannelService;
  /** By owner: never more than the members that it believes to be here. */
  readonly #untold = new Map<string, Map<string, Ended | Moved>>();

  constructor(node: RpcNode, channels: ChannelService, counters: CoreMeasures) {
    this.#node = node;
    this.#counters = counters;
    this.#channels = channels;
  }

  /** A member's session has ended: its owner is told as soon as there is room for it. */
  tellMemberLeft(ownerId: string, channel: number, member: MemberKey, stamp: number): void {
    if (ownerId === this.#node.id) {
      // Not at once: the owner may be in the midst of adding that member.
      queueMicrotask(() => this.#channels.memberLeft(ownerId, channel, member, stamp));
      return;
    }
    const peer = this.#node.peer(ownerId);
    // Without a connection there is nothing to say: as soon as there is one, the owner tells its members, and is told who of them has gone.
    if (!peer?.connection) return;
    this.#tell(peer, keyIn(channel, member), { channel, member, stamp });
  }

  /** A member is on another frontend now: its owner is told as soon as there is room for it. */
  tellMemberMoved(ownerId: string, channel: number, moved: MovedMember): void {
    if (ownerId === this.#node.id) {
      queueMicrotask(() => this.#channels.memberMoved(ownerId, channel, moved));
      return;
    }
    const peer = this.#node.peer(ownerId);
    if (!peer?.connection) return;
    const { member, stays, frontendId } = moved;
    // What is said of one that stays does not stand in the place of what is said of its end.
    this.#tell(peer, `${keyIn(channel, member)}${stays ? ` ${frontendId}` : ''}`, { channel, moved });
  }

  /** The owner itself has taken the member out. */
  unsay(ownerId: string, channel: number, member: MemberKey, stamp: number): void {
    const untold = this.#untold.get(ownerId);
    const key = untold && keyIn(channel, member);
    const word = untold?.get(key!);
    if (word && (word.moved ?? word).stamp === stamp) untold!.delete(key!);
  }

  /** There is room again for an owner that could not be told all. */
  drained(peer: Peer): void {
    const untold = this.#untold.get(peer.id);
    if (!untold) return;
    for (const [key, word] of untold) {
      if (!send(peer, word)) return;
      untold.delete(key);
    }
    this.#untold.delete(peer.id);
  }

  /** A channel is gone, or without `channel` the connection to its owner, and with that all it was to be told. */
  forget(ownerId: string, channel?: number): void {
    if (channel === undefined) this.#untold.delete(ownerId);
    const untold = this.#untold.get(ownerId);
    if (!untold) return;
    for (const [key, word] of untold) if (word.channel === channel) untold.delete(key);
  }

  #tell(peer: Peer, key: string, word: Ended | Moved): void {
    let untold = this.#untold.get(peer.id);
    if (!untold && send(peer, word)) return;
    this.#counters.channelDelayedNews.add();
    if (!untold) {
      untold = new Map();
      this.#untold.set(peer.id, untold);
    }
    untold.set(key, word);
  }
}

function keyIn(channel: number, member: MemberKey): string {
  return `${channel} ${keyOf(member)}`;
}

function send(peer: Peer, word: Ended | Moved): boolean {
  return word.moved ? sendMoved(peer, word) : sendEnded(peer, word);
}

function sendMoved(peer: Peer, { channel, moved }: Moved): boolean {
  const at = peer.openRawControl(frameKind.memberMoved, 4 + movedMemberBytes(moved));
  if (at < 0) return false;
  writeMovedMember(peer.buffer, peer.buffer.writeUInt32BE(channel, at), moved);
  return true;
}

function sendEnded(peer: Peer, { channel, member, stamp }: Ended): boolean {
  const at = peer.openRawControl(frameKind.memberLeft, 4 + 4 + memberBytes(member));
  if (at < 0) return false;
  writeMember(peer.buffer, peer.buffer.writeUInt32BE(stamp, peer.buffer.writeUInt32BE(channel, at)), member);
  return true;
}
