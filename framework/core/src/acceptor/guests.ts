import type { ClientConnection } from './client-connection.js';
import type { Origin } from './origins.js';

/** So many from one address may be a household, a school or a network of phones: none of them gives way for strangers. */
const household = 8;
/** How many crowded addresses are looked at for the one with most. */
const mostLooked = 256;

/** Clients that no uid is bound to, by where they come from, the oldest first. Where there is no place left, the largest crowd gives way. */
export class Guests {
  readonly #byOrigin = new Map<Origin, Set<ClientConnection>>();
  readonly #crowds = new Set<Origin>();

  add(connection: ClientConnection): void {
    const { origin } = connection;
    const others = this.#byOrigin.get(origin);
    if (!others) this.#byOrigin.set(origin, new Set([connection]));
    else if (others.add(connection).size > household) this.#crowds.add(origin);
  }

  delete(connection: ClientConnection): void {
    const { origin } = connection;
    const others = this.#byOrigin.get(origin);
    if (!others?.delete(connection)) return;
    if (others.size <= household) this.#crowds.delete(origin);
    if (others.size === 0) this.#byOrigin.delete(origin);
  }

  /** The oldest one of the address with most of them, if it has more than a newcomer's address would have, and more than a household. */
  dispensableFor(newcomer: Origin | undefined): ClientConnection | undefined {
    let most: Set<ClientConnection> = new Set();
    let looked = 0;
    for (const origin of this.#crowds) {
      const crowd = this.#byOrigin.get(origin)!;
      if (crowd.size > most.size) most = crowd;
      if (++looked === mostLooked) break;
    }
    const own = newcomer ? (this.#byOrigin.get(newcomer)?.size ?? 0) : 0;
    return most.size > own + 1 ? most.values().next().value : undefined;
  }
}
