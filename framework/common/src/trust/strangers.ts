import { networkOf } from '../address.js';

/** How many addresses that have proved themselves are remembered. */
const rememberedAddresses = 1024;

/** Connections from one network, the oldest first. */
type Network<T> = Set<T>;

/** Connections that have proved nothing yet: those that share one bound. */
class Pool<T> {
  readonly #networks = new Map<string, Network<T>>();
  size = 0;

  add(stranger: T, network: string): void {
    const others = this.#networks.get(network);
    if (others) others.add(stranger);
    else this.#networks.set(network, new Set([stranger]));
    this.size++;
  }

  delete(stranger: T, network: string): void {
    const others = this.#networks.get(network);
    if (!others?.delete(stranger)) return;
    if (others.size === 0) this.#networks.delete(network);
    this.size--;
  }

  /** The oldest one of the network that has most of them. */
  get dispensable(): T | undefined {
    let most: Network<T> = new Set();
    for (const others of this.#networks.values()) if (others.size > most.size) most = others;
    return most.values().next().value;
  }
}

/**
 * The connections that have proved nothing yet, with a bound. When it is reached, one of whoever has most of them has to go, so that
 * nobody keeps out others by coming often; and whoever has proved itself before, or is of the cluster's own hosts, shares no bound
 * with those that never did.
 */
export class Strangers<T extends object> {
  readonly #max: number;
  readonly #isKnown: (address: string) => boolean;
  readonly #never = new Pool<T>();
  readonly #before = new Pool<T>();
  readonly #places = new Map<T, { readonly pool: Pool<T>; readonly address: string }>();
  readonly #proved = new Set<string>();

  /**
   * @param max how many there may be of those that never proved anything, and as many of the others
   * @param isKnown whether an address is one of the cluster's own hosts
   */
  constructor(max: number, isKnown: (address: string) => boolean = () => false) {
    this.#max = max;
    this.#isKnown = isKnown;
  }

  get size(): number {
    return this.#places.size;
  }

  has(stranger: T): boolean {
    return this.#places.has(stranger);
  }

  /** Takes one more; gives the one that has to go for it, if any. */
  add(stranger: T, address: string): T | undefined {
    const known = this.#proved.has(address) || this.#isKnown(address);
    const pool = known ? this.#before : this.#never;
    const evicted = pool.size >= this.#max ? pool.dispensable : undefined;
    if (evicted) this.delete(evicted);
    pool.add(stranger, networkOf(address));
    this.#places.set(stranger, { pool, address });
    return evicted;
  }

  /** It has ended, or is no stranger any more. */
  delete(stranger: T): void {
    const place = this.#places.get(stranger);
    if (!place) return;
    this.#places.delete(stranger);
    place.pool.delete(stranger, networkOf(place.address));
  }

  /** It has proved itself. */
  proved(stranger: T): void {
    const address = this.#places.get(stranger)?.address;
    this.delete(stranger);
    if (address === undefined) return;
    this.#proved.delete(address);
    this.#proved.add(address);
    if (this.#proved.size > rememberedAddresses) this.#proved.delete(this.#proved.values().next().value!);
  }

  *[Symbol.iterator](): Iterator<T> {
    yield* this.#places.keys();
  }
}
