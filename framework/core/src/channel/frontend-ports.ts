import type { RpcNode } from '@pomelo-ts/rpc';
import type { CallSettler } from '@pomelo-ts/rpc/internal';
import type { PushReceiver } from './push-receiver.js';

/** Writes a frame's content into `buffer` at `at`. */
export type WriteFrame = (buffer: Buffer, at: number) => void;

/** Sends push frames to frontends: over RPC, or straight in when this server is the frontend. */
export class FrontendPorts {
  readonly #node: RpcNode;
  /** This server's own end of pushes, when it is a frontend. */
  local: PushReceiver | undefined;

  constructor(node: RpcNode) {
    this.#node = node;
  }

  /** Sends a frame of `bytes`; false, and counted, when it could not even be queued. */
  send(frontendId: string, kind: number, bytes: number, write: WriteFrame): boolean {
    if (frontendId === this.#node.id && this.local) {
      this.#receiveHere(kind, bytes, write);
      return true;
    }
    const peer = this.#node.peer(frontendId);
    const at = peer ? peer.openRawNotify(kind, bytes) : -1;
    if (at < 0) {
      this.#node.counters.add('channel.unsentFrames');
      return false;
    }
    write(peer!.buffer, at);
    return true;
  }

  /** Sends a frame and gives what the frontend answers: how many connections took it. */
  async ask(frontendId: string, kind: number, bytes: number, write: WriteFrame): Promise<number> {
    if (frontendId === this.#node.id) return this.#receiveHere(kind, bytes, write);
    const peer = this.#node.peer(frontendId);
    if (!peer) throw new Error(`${frontendId} is not in the cluster`);
    return new Promise((resolve, reject) => {
      const settler: CallSettler = {
        method: 'push',
        timeoutMs: this.#node.timeoutMs,
        settleRaw: (answer, start) => resolve(answer.readUInt32BE(start)),
        settleValue: () => reject(new Error('a push was answered like a call')),
        settleError: reject,
      };
      const at = peer.openRawRequest(kind, bytes, settler, this.#node.clock.now() + this.#node.timeoutMs);
      if (at >= 0) write(peer.buffer, at);
    });
  }

  #receiveHere(kind: number, bytes: number, write: WriteFrame): number {
    if (!this.local) return 0;
    const buffer = Buffer.allocUnsafe(bytes);
    write(buffer, 0);
    return this.local.receive(kind, this.#node.id, buffer, 0, bytes);
  }
}
