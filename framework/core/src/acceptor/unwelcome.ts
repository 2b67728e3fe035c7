import type { BlacklistView } from '@pomelo-ts/cluster';
import type { CoreMeasures } from '../measures.js';
import type { ProxyTrust } from './connect-info.js';

/** What clients are told whose connection ends because of where they come from. */
export const blacklisted = 'blacklisted';

/** Part of {@link Unwelcome} that an acceptor asks. */
export interface AddressBan {
  /** Whether nobody may come from there; counts who is turned away for it. */
  turnsAway(address: string): boolean;
}

/** For frontends that nobody is kept from. */
export const everybodyMayCome: AddressBan = { turnsAway: () => false };

/**
 * Keeps out who comes from an address of the blacklist. The proxies that this frontend trusts are not clients: what they tell of their
 * clients is looked at, and where they tell nothing they are let in, so that nobody shuts all players out by the address of a balancer.
 */
export class Unwelcome implements AddressBan {
  readonly #blacklist: BlacklistView;
  readonly #trust: Pick<ProxyTrust, 'trusts'>;
  readonly #counters: CoreMeasures;

  constructor(blacklist: BlacklistView, trust: Pick<ProxyTrust, 'trusts'>, counters: CoreMeasures) {
    this.#blacklist = blacklist;
    this.#trust = trust;
    this.#counters = counters;
  }

  turnsAway(address: string): boolean {
    if (!this.#blacklist.has(address) || this.#trust.trusts(address)) return false;
    this.#counters.clientRefused.blacklist.add();
    return true;
  }

  /** Ends the links of those who are here when their address is put on the blacklist; gives what ends that. */
  follow(links: () => Iterable<BannedLink>): () => void {
    return this.#blacklist.onAdded((added) => {
      for (const link of [...links()]) {
        if (!added.has(link.address) || this.#trust.trusts(link.address)) continue;
        this.#counters.clientClosedBlacklist.add();
        link.kick(blacklisted);
      }
    });
  }
}

/** What is ended of a client. */
export interface BannedLink {
  readonly address: string;
  kick(reason: string): void;
}
