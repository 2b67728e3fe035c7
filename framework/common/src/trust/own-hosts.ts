import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { plainAddress } from '../address.js';
import type { Clock } from '../clock.js';

/** How long the list of hosts is taken for what it was, in ms: it is asked for each stranger that comes. */
const listMs = 1000;
/** How long the addresses of a name are taken for what they were, in ms. */
const nameMs = 30_000;

/** What a name has been found to mean. */
interface Found {
  at: number;
  addresses: readonly string[];
}

/** Finds the addresses of a name. */
export type FindAddresses = (name: string) => Promise<readonly string[]>;

const byDns: FindAddresses = async (name) =>
  (await lookup(name, { all: true })).map(({ address }) => address);

/** Tells the addresses of the cluster's own hosts from all others; hosts may be names, and may change. */
export class OwnHosts {
  readonly #hosts: () => Iterable<string>;
  readonly #clock: Clock;
  readonly #find: FindAddresses;
  readonly #names = new Map<string, Found>();
  #listedAt = Number.NEGATIVE_INFINITY;
  #addresses: ReadonlySet<string> = new Set();

  /** @param hosts as the topology has them now */
  constructor(hosts: () => Iterable<string>, clock: Clock, find: FindAddresses = byDns) {
    this.#hosts = hosts;
    this.#clock = clock;
    this.#find = find;
    this.#list(); // names take a while
  }

  has(address: string): boolean {
    if (this.#clock.now() - this.#listedAt >= listMs) this.#list();
    return this.#addresses.has(canonical(address));
  }

  /** The hosts may be others now. */
  changed(): void {
    this.#listedAt = Number.NEGATIVE_INFINITY;
  }

  #list(): void {
    this.#listedAt = this.#clock.now();
    const hosts = new Set(this.#hosts());
    const addresses = new Set<string>();
    for (const name of this.#names.keys()) if (!hosts.has(name)) this.#names.delete(name);
    for (const host of hosts)
      for (const address of isAddress(host) ? [host] : this.#foundOf(host)) addresses.add(canonical(address));
    this.#addresses = addresses;
  }

  #foundOf(name: string): readonly string[] {
    const known = this.#names.get(name);
    const found = known ?? { at: Number.NEGATIVE_INFINITY, addresses: [] };
    this.#names.set(name, found);
    if (this.#clock.now() - found.at < nameMs) return found.addresses;
    found.at = this.#clock.now();
    const take = (addresses: readonly string[]): void => {
      found.addresses = addresses;
      this.changed();
    };
    // A name that cannot be found now is what it was before.
    this.#find(name).then(take, () => {});
    return found.addresses;
  }
}

const withoutZone = (host: string): string => host.replace(/%.*$/, '');

const isAddress = (host: string): boolean => isIP(withoutZone(host)) !== 0;

/** One address has one text, however it was written. */
function canonical(address: string): string {
  const plain = plainAddress(withoutZone(address));
  return isIP(plain) === 6 ? new URL(`http://[${plain}]`).hostname : plain;
}
