import { BlockList, isIP } from 'node:net';
import type { Logger } from '@pomelo-ts/common';
import type { Places } from './places.js';

/** With fewer clients, one address may as well be an office. */
const manyClients = 50;
const nearlyAll = 0.9;
/** How often it is looked, in seconds. */
const everySeconds = 60;

const nearby = new BlockList();
for (const [network, bits] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['100.64.0.0', 10],
] as const)
  nearby.addSubnet(network, bits, 'ipv4');
nearby.addAddress('::1', 'ipv6');
nearby.addSubnet('fc00::', 7, 'ipv6');
nearby.addSubnet('fe80::', 10, 'ipv6');

/**
 * Tells once when nearly all clients seem to come from one address of a private network: most likely a load balancer stands before this
 * server, and its address is taken for that of each player, who all share what one address may have.
 */
export class OneAddress {
  readonly #places: Pick<Places, 'clients' | 'origins'>;
  readonly #logger: Logger;
  #told = false;

  constructor(places: Pick<Places, 'clients' | 'origins'>, logger: Logger) {
    this.#places = places;
    this.#logger = logger;
  }

  /** One more second is over. */
  look(second: number): void {
    if (this.#told || second % everySeconds !== 0) return;
    const { clients, origins } = this.#places;
    if (clients < manyClients) return;
    for (const origin of origins.all()) {
      if (origin.clients < nearlyAll * clients) continue;
      const { address } = origin;
      if (!isNearby(address)) return;
      this.#told = true;
      this.#logger.warn(
        `${origin.clients} clients of ${clients} come from ${address}: is that a load balancer? Then name it in client.trustedProxies and have it send X-Forwarded-For, or with client.proxyProtocol the PROXY protocol, else all players share what one address may have.`,
      );
      return;
    }
  }
}

function isNearby(address: string): boolean {
  const family = isIP(address);
  return family !== 0 && nearby.check(address, family === 6 ? 'ipv6' : 'ipv4');
}
