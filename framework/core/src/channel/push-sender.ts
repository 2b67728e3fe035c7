import type { RpcNode } from '@pomelo-ts/rpc';
import type { CallSettler, Peer } from '@pomelo-ts/rpc/internal';
import type { CoreMeasures } from '../measures.js';
import { frameKind } from '../wire/frame-kind.js';
import { memberBytes, writeMember } from './member.js';
import { type MemberNews, UntoldMembers } from './untold-members.js';

/** Writes a frame's content into `buffer` at `at`. */
export type WriteFrame = (buffer: Buffer, at: number) => void;

/** A frontend's end of pushes, as a server knows it that is that frontend itself. */
interface TakesPushes {
  /** Takes a frame of `ownerId`; gives to how many connections it went. */
  receive(kind: number, ownerId: string, bytes: Buffer, start: number, end: number): number;
  /** The connection to an owner broke. */
  ownerDown(ownerId: string): void;
}

/** Sends frames of channels to frontends: over RPC, or straight in when this server is the frontend. */
export class PushSender {
  readonly #node: RpcNode;
  readonly #counters: CoreMeasures;
  /** This server's own end of pushes, when it is a frontend. */
  local: TakesPushes | undefined;
  /** What frontends whose queue is full are still to be told. */
  readonly #untold = new Map<string, UntoldMembers>();

  constructor(node: RpcNode, counters: CoreMeasures) {
    this.#node = node;
    this.#counters = counters;
  }

  /** Whether the frontend is in the cluster, as far as this server knows. */
  knows(frontendId: string): boolean {
    return frontendId === this.#node.id || this.#node.peer(frontendId) !== undefined;
  }

  /** Sends a push of `bytes`; false, and counted, when it could not even be queued. */
  send(frontendId: string, kind: number, bytes: number, write: WriteFrame): boolean {
    if (frontendId === this.#node.id && this.local) {
      this.#count(kind);
      this.#receiveHere(kind, bytes, write);
      return true;
    }
    const peer = this.#node.peer(frontendId);
    const at = peer ? peer.openRawNotify(kind, bytes) : -1;
    if (at < 0) {
      this.#counters.channelUnsentFrames.add();
      this.#counters.pushDropped.unsent.add();
      return false;
    }
    this.#count(kind);
    write(peer!.buffer, at);
    return true;
  }

  /** Sends a push and gives what the frontend answers: how many connections took it. */
  async ask(frontendId: string, kind: number, bytes: number, write: WriteFrame): Promise<number> {
    if (frontendId === this.#node.id) {
      this.#count(kind);
      return this.#receiveHere(kind, bytes, write);
    }
    const peer = this.#node.peer(frontendId);
    if (!peer) {
      this.#counters.pushDropped.unsent.add();
      throw new Error(`${frontendId} is not in the cluster`);
    }
    return new Promise((resolve, reject) => {
      const settler: CallSettler = {
        method: 'push',
        timeoutMs: this.#node.timeoutMs,
        settleRaw: (answer, start) => resolve(answer.readUInt32BE(start)),
        settleValue: () => reject(new Error('a push was answered like a call')),
        settleError: reject,
      };
      const at = peer.openRawRequest(kind, bytes, settler, this.#node.clock.now() + this.#node.timeoutMs);
      if (at < 0) {
        this.#counters.pushDropped.unsent.add();
        return;
      }
      this.#count(kind);
      write(peer.buffer, at);
    });
  }

  /**
   * Tells the member's frontend that it joined or left: before any later push, and as soon as there is room for it. False,
   * and counted, when that frontend is not in the cluster.
   */
  tellMember(news: MemberNews): boolean {
    const { frontendId } = news.member;
    if (frontendId === this.#node.id && this.local) {
      this.#receiveHere(kindOf(news), bytesOf(news), (buffer, at) => writeNews(buffer, at, news));
      return true;
    }
    const peer = this.#node.peer(frontendId);
    if (!peer) {
      this.#counters.channelUnsentFrames.add();
      return false;
    }
    // Without a connection there is nothing to send: as soon as there is one, the frontend is told all its members.
    if (peer.connection && (this.#untold.has(frontendId) || !sendNews(peer, news)))
      this.#later(frontendId).note(news);
    return true;
  }

  /** Tells a frontend that a channel is gone, with the members that it had there. */
  tellDrop(frontendId: string, channel: number, members: Iterable<string>): void {
    if (frontendId === this.#node.id && this.local) {
      this.#receiveHere(frameKind.channelDrop, 4, (buffer, at) => buffer.writeUInt32BE(channel, at));
      return;
    }
    const peer = this.#node.peer(frontendId);
    if (peer?.connection && (this.#untold.has(frontendId) || !sendDrop(peer, channel)))
      this.#later(frontendId).drop(channel, members);
  }

  /** There is room again for a frontend that could not be told all. */
  drained(peer: Peer): void {
    const untold = this.#untold.get(peer.id);
    const told = untold?.tell(
      (channel) => sendDrop(peer, channel),
      (news) => sendNews(peer, news),
    );
    if (told) this.#untold.delete(peer.id);
  }

  /** The connection to a frontend is gone: the next one begins with all members. */
  forget(frontendId: string): void {
    this.#untold.delete(frontendId);
  }

  #count(kind: number): void {
    const { channel, list, all } = this.#counters.channelPushFrames;
    const to = kind === frameKind.listPush ? list : kind === frameKind.broadcast ? all : channel;
    to.add();
  }

  #later(frontendId: string): UntoldMembers {
    this.#counters.channelDelayedNews.add();
    let untold = this.#untold.get(frontendId);
    if (!untold) {
      untold = new UntoldMembers();
      this.#untold.set(frontendId, untold);
    }
    return untold;
  }

  #receiveHere(kind: number, bytes: number, write: WriteFrame): number {
    if (!this.local) return 0;
    const buffer = Buffer.allocUnsafe(bytes);
    write(buffer, 0);
    return this.local.receive(kind, this.#node.id, buffer, 0, bytes);
  }
}

function kindOf({ inside }: MemberNews): number {
  return inside ? frameKind.channelAdd : frameKind.channelLeave;
}

function bytesOf({ member }: MemberNews): number {
  return 4 + 4 + memberBytes(member);
}

function writeNews(buffer: Buffer, offset: number, { channel, stamp, member }: MemberNews): void {
  const at = buffer.writeUInt32BE(channel, offset);
  writeMember(buffer, buffer.writeUInt32BE(stamp, at), member);
}

function sendNews(peer: Peer, news: MemberNews): boolean {
  const at = peer.openRawControl(kindOf(news), bytesOf(news));
  if (at < 0) return false;
  writeNews(peer.buffer, at, news);
  return true;
}

function sendDrop(peer: Peer, channel: number): boolean {
  const at = peer.openRawControl(frameKind.channelDrop, 4);
  if (at < 0) return false;
  peer.buffer.writeUInt32BE(channel, at);
  return true;
}
