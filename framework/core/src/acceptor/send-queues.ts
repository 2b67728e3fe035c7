import type { Clock } from '@pomelo-ts/common';
import type { ClientLink } from '../client-link.js';

/** Most clients that one look is at: about a millisecond. With more of them behind, a pass takes several looks. */
export const mostLooked = 10_000;
/** Shortest time between two looks, in ms. */
const lookMs = 400;

/** What waits for the clients of one frontend, as of the last pass over those who had not read all. */
export interface WaitingBytes {
  /** Bytes that wait for all clients together. */
  readonly sum: number;
  /** Bytes that wait for the one that is furthest behind. */
  readonly largest: number;
  /** Clients for which more than half of what may wait does. */
  readonly slow: number;
}

const nothing: WaitingBytes = { sum: 0, largest: 0, slow: 0 };

/**
 * Knows the clients of a frontend that have not read all that they were sent, whatever acceptor they came by. Mostly they are few: acceptors
 * name them, and nobody else is ever looked at.
 */
export class SendQueues {
  readonly #slowBytes: number;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #behind = new Set<ClientLink>();
  #pass: Iterator<ClientLink> = this.#behind.values();
  /** How many of this pass are not looked at yet. */
  #left = 0;
  #seen = { sum: 0, largest: 0, slow: 0 };
  #last = nothing;
  #lookedAt = Number.NEGATIVE_INFINITY;

  /** @param maxBytes what may wait for one client before its pushes are dropped, or it is closed */
  constructor(maxBytes: number, clock: Pick<Clock, 'now'>) {
    this.#slowBytes = maxBytes / 2;
    this.#clock = clock;
  }

  /** As of the last pass; to ask has the next one go on. */
  get waiting(): WaitingBytes {
    const now = this.#clock.now();
    if (now - this.#lookedAt >= lookMs) {
      this.#lookedAt = now;
      this.#look();
    }
    return this.#last;
  }

  /** Something that was written to the client has not left. To be called again does nothing. */
  note(link: ClientLink): void {
    this.#behind.add(link);
  }

  /** The link has ended, or was taken apart. */
  forget(link: ClientLink): void {
    this.#behind.delete(link);
  }

  /** Goes on with the pass, or begins one. */
  #look(): void {
    if (this.#left === 0) this.#begin();
    for (let looked = 0; this.#left > 0 && looked < mostLooked; looked++) {
      this.#left--;
      const { value: link, done } = this.#pass.next();
      if (done)
        this.#left = 0; // others have gone since the pass began
      else this.#see(link);
    }
    if (this.#left === 0) this.#last = this.#seen;
  }

  #begin(): void {
    this.#left = this.#behind.size;
    this.#pass = this.#behind.values();
    this.#seen = { sum: 0, largest: 0, slow: 0 };
  }

  #see(link: ClientLink): void {
    const bytes = link.queuedBytes;
    if (bytes === 0) {
      this.#behind.delete(link);
      return;
    }
    this.#seen.sum += bytes;
    this.#seen.largest = Math.max(this.#seen.largest, bytes);
    if (bytes > this.#slowBytes) this.#seen.slow++;
  }
}
