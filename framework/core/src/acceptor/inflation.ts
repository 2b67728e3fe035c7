import type { WebSocket } from 'ws';

/** What `Inflation` says of a message. */
export type InflationVerdict = 'fine' | 'paused' | 'tooMuch';

/** How many times what a client may inflate in a second may come of what was under way when it was paused. */
const leeway = 8;

/**
 * Counts what clients' compressed messages become: a few hundred bytes can become a thousand times as many, and all of them
 * must be worked through. A client that is over its bytes is not read until the second is over.
 */
export class Inflation {
  readonly #perSecond: number;
  /** Bytes of this second. */
  readonly #spent = new Map<WebSocket, number>();
  readonly #paused = new Set<WebSocket>();

  constructor(bytesPerSecond: number) {
    this.#perSecond = bytesPerSecond;
  }

  charge(ws: WebSocket, bytes: number): InflationVerdict {
    const spent = (this.#spent.get(ws) ?? 0) + bytes;
    this.#spent.set(ws, spent);
    if (spent <= this.#perSecond) return 'fine';
    if (spent > leeway * this.#perSecond) return 'tooMuch';
    if (this.#paused.has(ws)) return 'fine';
    this.#paused.add(ws);
    ws.pause();
    return 'paused';
  }

  /** A second has passed. */
  nextSecond(): void {
    for (const ws of this.#paused) ws.resume();
    this.#paused.clear();
    this.#spent.clear();
  }
}
