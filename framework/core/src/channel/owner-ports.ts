import type { RpcNode } from '@pomelo-ts/rpc';
import type { Peer } from '@pomelo-ts/rpc/internal';
import { frameKind } from '../wire/frame-kind.js';
import type { ChannelService } from './channel-service.js';
import { keyOf, type MemberKey, memberBytes, writeMember } from './member.js';

/** A member whose session has ended, and its owner does not know it yet. */
interface Ended {
  readonly channel: number;
  readonly member: MemberKey;
  readonly stamp: number;
}

/** Tells the owners of channels what a frontend knows: over RPC, or straight in when this server is the owner. */
export class OwnerPorts {
  readonly #node: RpcNode;
  readonly #channels: ChannelService;
  /** By owner: never more than the members that it believes to be here. */
  readonly #untold = new Map<string, Map<string, Ended>>();

  constructor(node: RpcNode, channels: ChannelService) {
    this.#node = node;
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
    const ended = { channel, member, stamp };
    let untold = this.#untold.get(ownerId);
    if (!untold && sendEnded(peer, ended)) return;
    this.#node.counters.add('channel.delayedNews');
    if (!untold) {
      untold = new Map();
      this.#untold.set(ownerId, untold);
    }
    untold.set(keyIn(channel, member), ended);
  }

  /** The owner itself has taken the member out. */
  unsay(ownerId: string, channel: number, member: MemberKey, stamp: number): void {
    const untold = this.#untold.get(ownerId);
    const key = untold && keyIn(channel, member);
    if (untold?.get(key!)?.stamp === stamp) untold.delete(key!);
  }

  /** There is room again for an owner that could not be told all. */
  drained(peer: Peer): void {
    const untold = this.#untold.get(peer.id);
    if (!untold) return;
    for (const [key, ended] of untold) {
      if (!sendEnded(peer, ended)) return;
      untold.delete(key);
    }
    this.#untold.delete(peer.id);
  }

  /** A channel is gone, or without `channel` the connection to its owner, and with that all it was to be told. */
  forget(ownerId: string, channel?: number): void {
    if (channel === undefined) this.#untold.delete(ownerId);
    const untold = this.#untold.get(ownerId);
    if (!untold) return;
    for (const [key, ended] of untold) if (ended.channel === channel) untold.delete(key);
  }
}

function keyIn(channel: number, member: MemberKey): string {
  return `${channel} ${keyOf(member)}`;
}

function sendEnded(peer: Peer, { channel, member, stamp }: Ended): boolean {
  const at = peer.openRawControl(frameKind.memberLeft, 4 + 4 + memberBytes(member));
  if (at < 0) return false;
  writeMember(peer.buffer, peer.buffer.writeUInt32BE(stamp, peer.buffer.writeUInt32BE(channel, at)), member);
  return true;
}
