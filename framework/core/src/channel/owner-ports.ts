import type { RpcNode } from '@pomelo-ts/rpc';
import { frameKind } from '../wire/frame-kind.js';
import type { ChannelService } from './channel-service.js';
import { type MemberKey, memberBytes, writeMember } from './member.js';

/** Tells the owners of channels what a frontend knows: over RPC, or straight in when this server is the owner. */
export class OwnerPorts {
  readonly #node: RpcNode;
  readonly #channels: ChannelService;

  constructor(node: RpcNode, channels: ChannelService) {
    this.#node = node;
    this.#channels = channels;
  }

  /** A member's session has ended; counted when its owner could not even be told later. */
  tellMemberLeft(ownerId: string, channelNumber: number, member: MemberKey): void {
    if (ownerId === this.#node.id) {
      // Not at once: the owner may be in the midst of adding that member.
      queueMicrotask(() => this.#channels.memberLeft(ownerId, channelNumber, member));
      return;
    }
    const peer = this.#node.peer(ownerId);
    const at = peer ? peer.openRawNotify(frameKind.memberLeft, 4 + memberBytes(member)) : -1;
    if (at < 0) this.#node.counters.add('channel.untoldLeaves');
    else writeMember(peer!.buffer, peer!.buffer.writeUInt32BE(channelNumber, at), member);
  }
}
