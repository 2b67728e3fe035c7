import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { LinkHub } from '@pomelo-ts/cluster/masters';
import { networkText, readNetwork } from '@pomelo-ts/cluster/masters';
import { dialable } from '@pomelo-ts/common/internal';
import { prefixesOf } from './prefixes-of.js';

/** How long a name server may take, in ms, and most servers that are named. */
const [lookUpMs, mostNamed] = [1000, 5];

/** Addresses of a host. */
export type LookUp = (host: string) => Promise<readonly string[]>;

const ofName: LookUp = async (host) => (await lookup(host, { all: true })).map(({ address }) => address);

/** Where frontends of the cluster are, from which they probe each other: whoever shuts that out hears nothing but alarms. */
export class OwnAddresses {
  readonly #registry: Pick<LinkHub['registry'], 'all'>;
  readonly #lookUp: LookUp;
  /** Of hosts that are names, as they were last looked up. */
  readonly #known = new Map<string, readonly string[]>();

  constructor(registry: Pick<LinkHub['registry'], 'all'>, lookUp: LookUp = ofName) {
    this.#registry = registry;
    this.#lookUp = lookUp;
  }

  /** The first of `networks` that has frontends in it, and which; undefined when none has. A name that nobody knows is no address. */
  async within(
    networks: readonly string[],
  ): Promise<{ readonly network: string; readonly servers: string } | undefined> {
    const frontends = this.#registry.all.filter(({ frontend }) => frontend);
    const names = new Set(frontends.map(({ host }) => dialable(host)).filter((host) => isIP(host) === 0));
    await Promise.all([...names].map((name) => this.#learn(name)));
    const around = new Map(
      [...new Set(frontends.map(({ host }) => host))].map((host) => [host, new Set(this.prefixes(host))]),
    );
    for (const network of networks) {
      const inside = frontends
        .filter(({ host }) => around.get(host)!.has(network))
        .map(({ id }) => id)
        .sort();
      const more = inside.length > mostNamed ? ` and ${inside.length - mostNamed} more` : '';
      if (inside.length > 0) return { network, servers: `${inside.slice(0, mostNamed).join(', ')}${more}` };
    }
    return undefined;
  }

  /** All networks that a host is in, as their texts. */
  prefixes(host: string): readonly string[] {
    const place = dialable(host);
    const addresses = isIP(place) > 0 ? [place] : (this.#known.get(place) ?? []);
    return addresses.flatMap((address) => prefixesOf(readNetwork(address)).map(networkText));
  }

  async #learn(name: string): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<readonly string[]>((resolve) => {
      timer = setTimeout(() => resolve([]), lookUpMs);
    });
    const found = await Promise.race([this.#lookUp(name).catch(() => []), late]);
    clearTimeout(timer);
    if (found.length > 0) this.#known.set(name, found);
  }
}
