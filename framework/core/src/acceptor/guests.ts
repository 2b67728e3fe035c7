import type { Origin } from '../client-link.js';
import type { PlacedClient } from './places.js';

/** So many from one address may be a household, a school or a network of phones: none of them gives way for strangers. */
const household = 8;
/** How many crowded addresses are looked at for the one with most. */
const mostLooked = 256;

/** Clients that no uid is bound to, by where they come from, the oldest first. Where there is no place left, the largest crowd gives way. */
export class Guests {
  /** Most have an address of their own, which needs no set. */
  readonly #byOrigin = new Map<Origin, PlacedClient | Set<PlacedClient>>();
  readonly #crowds = new Set<Origin>();
  #size = 0;

  /** How many there are. */
  get size(): number {
    return this.#size;
  }

  add(client: PlacedClient): void {
    const { origin } = client;
    const others = this.#byOrigin.get(origin);
    if (others === client || (others instanceof Set && others.has(client))) return;
    this.#size++;
    if (!others) this.#byOrigin.set(origin, client);
    else if (!(others instanceof Set)) this.#byOrigin.set(origin, new Set([others, client]));
    else if (others.add(client).size > household) this.#crowds.add(origin);
  }

  delete(client: PlacedClient): void {
    const { origin } = client;
    const others = this.#byOrigin.get(origin);
    if (others === client) {
      this.#byOrigin.delete(origin);
      this.#size--;
    }
    if (!(others instanceof Set) || !others.delete(client)) return;
    this.#size--;
    if (others.size <= household) this.#crowds.delete(origin);
    if (others.size === 0) this.#byOrigin.delete(origin);
  }

  /** The oldest one of the address with most of them, if it has more than a newcomer's address would have, and more than a household. */
  dispensableFor(newcomer: Origin | undefined): PlacedClient | undefined {
    let most: Set<PlacedClient> = new Set();
    let looked = 0;
    for (const origin of this.#crowds) {
      const crowd = this.#byOrigin.get(origin);
      if (crowd instanceof Set && crowd.size > most.size) most = crowd;
      if (++looked === mostLooked) break;
    }
    const same = newcomer && this.#byOrigin.get(newcomer);
    const own = same instanceof Set ? same.size : Number(same !== undefined);
    return most.size > own + 1 ? most.values().next().value : undefined;
  }
}
