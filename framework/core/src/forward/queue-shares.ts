import type { Peer } from '@pomelo-ts/rpc/internal';
import type { FrontendSession } from '../session/frontend-session.js';

/**
 * Fair shares of what may wait to leave for a backend that reads too slowly: from when its queue is long, each client may add
 * as many bytes as its share allows, so that a few with large messages leave room for the small ones of everybody else.
 */
export class QueueShares {
  readonly #crowds = new Map<string, WeakMap<FrontendSession, number>>();

  /** Whether the client may add a frame of so many bytes; those of a queue that was short in between are forgotten. */
  take(session: FrontendSession, peer: Peer, frameBytes: number): boolean {
    if (!peer.crowded) {
      if (this.#crowds.size > 0) this.#crowds.delete(peer.id);
      return true;
    }
    let crowd = this.#crowds.get(peer.id);
    if (!crowd) {
      crowd = new WeakMap();
      this.#crowds.set(peer.id, crowd);
    }
    const taken = (crowd.get(session) ?? 0) + frameBytes;
    if (taken > peer.byteShare) return false;
    crowd.set(session, taken);
    return true;
  }

  /** A backend has left. */
  forget(peerId: string): void {
    this.#crowds.delete(peerId);
  }
}
