import { isIP } from 'node:net';
import type { Clock } from '@pomelo-ts/common';
import { plainAddress } from '@pomelo-ts/common/internal';
import { bitsOf, type Network, numberOf4, numberOf6, readNetwork } from './blacklist/network.js';

export { bitsOf, bitsRange, type Network, networkText, readNetwork } from './blacklist/network.js';

/** A network as the master tells it, with how many ms it has left; without them it stays until it is taken off. */
export type BlacklistWord = readonly [network: string, leftMs?: number];

/** What the master tells of the blacklist. */
export type BlacklistChange = {
  /** Whether nothing but what is added is on it. */
  readonly anew?: boolean;
  readonly add: readonly BlacklistWord[];
  readonly remove: readonly string[];
};

/** Addresses that no client may come from, as the master last told. */
export interface BlacklistView {
  /** Networks on it, those whose time is over too until the master speaks of it again. */
  readonly size: number;
  /** Whether an address is in one of the networks, whatever it is written like. */
  has(address: string): boolean;
  /** Calls `fn` with what is put on it from now on; gives what ends that. */
  onAdded(fn: (added: Pick<BlacklistView, 'has'>) => void): () => void;
}

/** When networks of one length end, by their first bits; `Infinity` where they do not. */
type Ends = Map<number | bigint, number>;

/**
 * Networks that no client may come from. A look costs one map for each length of prefix that is in use, at most 32 or 128, however many
 * networks there are.
 *
 * @example
 * const blacklist = new Blacklist(clock);
 * blacklist.apply({ add: [['192.0.2.0/24', 60_000]], remove: [] });
 * blacklist.has('192.0.2.7'); // true, for a minute
 */
export class Blacklist implements BlacklistView {
  readonly #clock: Clock;
  /** By length of prefix, for each family. */
  readonly #ends: Readonly<Record<4 | 6, Map<number, Ends>>> = { 4: new Map(), 6: new Map() };
  readonly #listeners = new Set<(added: Pick<BlacklistView, 'has'>) => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    let size = 0;
    for (const lengths of Object.values(this.#ends)) for (const ends of lengths.values()) size += ends.size;
    return size;
  }

  has(address: string): boolean {
    const { 4: v4, 6: v6 } = this.#ends;
    if (v4.size + v6.size === 0) return false;
    const plain = plainAddress(address);
    const family = isIP(plain);
    if (family === 4) return v4.size > 0 && this.#has4(numberOf4(plain));
    return family === 6 && v6.size > 0 && this.#has6(numberOf6(plain));
  }

  /** Takes what the master says; what is no network of this build is left out. */
  apply({ anew = false, add, remove }: BlacklistChange): void {
    if (anew) for (const lengths of Object.values(this.#ends)) lengths.clear();
    else this.#dropEnded();
    for (const text of remove) this.#remove(networkIn(text));
    const added = new Blacklist(this.#clock);
    for (const [text, leftMs] of add) {
      const network = networkIn(text);
      if (!network) continue;
      this.#put(network, leftMs);
      added.#put(network, leftMs);
    }
    if (add.length > 0) for (const listener of this.#listeners) listener(added);
  }

  onAdded(fn: (added: Pick<BlacklistView, 'has'>) => void): () => void {
    this.#listeners.add(fn);
    return () => void this.#listeners.delete(fn);
  }

  #has4(number: number): boolean {
    for (const [bits, ends] of this.#ends[4])
      if (this.#lasts(ends.get(bits === 0 ? 0 : number >>> (32 - bits)))) return true;
    return false;
  }

  #has6(number: bigint): boolean {
    for (const [bits, ends] of this.#ends[6])
      if (this.#lasts(ends.get(number >> BigInt(bitsOf[6] - bits)))) return true;
    return false;
  }

  #lasts(end: number | undefined): boolean {
    return end !== undefined && end > this.#clock.now();
  }

  #put(network: Network, leftMs = Number.POSITIVE_INFINITY): void {
    const lengths = this.#ends[network.family];
    const ends: Ends = lengths.get(network.bits) ?? new Map();
    lengths.set(network.bits, ends.set(network.key, this.#clock.now() + leftMs));
  }

  #remove(network: Network | undefined): void {
    if (!network) return;
    const lengths = this.#ends[network.family];
    const ends = lengths.get(network.bits);
    if (ends?.delete(network.key) && ends.size === 0) lengths.delete(network.bits);
  }

  #dropEnded(): void {
    const now = this.#clock.now();
    for (const lengths of Object.values(this.#ends))
      for (const [bits, ends] of lengths) {
        for (const [key, end] of ends) if (end <= now) ends.delete(key);
        if (ends.size === 0) lengths.delete(bits);
      }
  }
}

function networkIn(text: string): Network | undefined {
  try {
    return readNetwork(text);
  } catch {
    return undefined; // a master of another build
  }
}
