import type { Origin } from '../client-link.js';
import type { Origins } from './origins.js';

interface Newcomer {
  readonly origin: Origin;
  /** When it must be more than a newcomer, in ms of the acceptor's clock. */
  readonly deadline: number;
}

/** How many of the oldest are looked at for one from a crowded address. */
const mostLooked = 256;

/** Connections that have not shown yet what they are, the oldest first: strangers share their number, each address fairly. */
export class Newcomers<Connection extends object> {
  readonly #origins: Origins;
  readonly #max: number;
  readonly #sockets = new Map<Connection, Newcomer>();
  /** Newcomers by where they come from. */
  readonly #counts = new Map<Origin, number>();

  constructor(origins: Origins, max: number) {
    this.#origins = origins;
    this.#max = max;
  }

  get size(): number {
    return this.#sockets.size;
  }

  /** Adds one, or has one that is there begin anew; when there are too many, gives the one that must make room for it. */
  add(socket: Connection, address: string, deadline: number): Connection | undefined {
    this.delete(socket);
    const oldest = this.#sockets.size >= this.#max ? this.#crowded() : undefined;
    const origin = this.#origins.enter(address);
    this.#counts.set(origin, (this.#counts.get(origin) ?? 0) + 1);
    this.#sockets.set(socket, { origin, deadline });
    if (oldest) this.delete(oldest);
    return oldest;
  }

  delete(socket: Connection): void {
    const newcomer = this.#sockets.get(socket);
    if (!newcomer) return;
    const { origin } = newcomer;
    this.#sockets.delete(socket);
    const left = this.#counts.get(origin)! - 1;
    if (left > 0) this.#counts.set(origin, left);
    else this.#counts.delete(origin);
    origin.leave();
  }

  all(): Iterable<Connection> {
    return this.#sockets.keys();
  }

  /** Those whose time is over. */
  expired(now: number): Connection[] {
    return [...this.#sockets].filter(([, { deadline }]) => deadline <= now).map(([socket]) => socket);
  }

  /** The oldest one of an address with many, that somebody else may need the place of. */
  get dispensable(): Connection | undefined {
    return this.#crowded();
  }

  /** The oldest of an address that has more than one here, if there is one. */
  oldestOfCrowd(): Connection | undefined {
    const socket = this.#crowded();
    return socket && this.#counts.get(this.#sockets.get(socket)!.origin)! > 1 ? socket : undefined;
  }

  /** The oldest one of an address with at least as many as addresses have on average. */
  #crowded(): Connection | undefined {
    let looked = 0;
    let oldest: Connection | undefined;
    for (const [socket, { origin }] of this.#sockets) {
      oldest ??= socket;
      if (this.#counts.get(origin)! * this.#counts.size >= this.#sockets.size) return socket;
      if (++looked === mostLooked) break;
    }
    return oldest;
  }
}
