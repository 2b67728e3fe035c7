import { crc32 } from 'node:zlib';
import type { RegistryEntry, RegistryView } from '@pomelo-ts/cluster';
import { PomeloError } from '@pomelo-ts/common';
import { dialable, isEverywhere, Rendezvous } from '@pomelo-ts/common/internal';
import { type Reached, reachedHost } from './acceptor/reached-host.js';
import { FrontendSession } from './session/frontend-session.js';
import { checkUid } from './session/uid.js';
import type { Session } from './session.js';
import type { Uid } from './session-names.js';

/** How a gate chooses a connector for a uid. */
export type GateStrategy = 'hash' | 'modulo' | 'least';

/** Where a client is sent. */
export interface GateTicket {
  /** Server id of the connector. */
  readonly id: string;
  /** A name or an address; of IPv6 without brackets, which a URL needs. */
  readonly host: string;
  readonly port: number;
  /** `clientUrl` of the connector, where it has one: to be dialed in place of host and port. */
  readonly url?: string;
}

const idOf = ({ id }: RegistryEntry): string => id;

/** Sends clients to connectors that take new ones; when all drain, to any that serves. */
export class GateService {
  readonly #registry: RegistryView;
  readonly #loads: () => ReadonlyMap<string, number>;
  readonly #strategy: GateStrategy;
  readonly #serverType: string;
  /** Clients sent to each connector since the master last told how many it has. */
  readonly #sent = new Map<string, number>();
  #seenLoads: ReadonlyMap<string, number> | undefined;
  /** Those that are ready, as last seen, and those of them that serve their clients best. */
  #seen: readonly RegistryEntry[] = [];
  #best: readonly RegistryEntry[] = [];
  #byHash = new Rendezvous<RegistryEntry>([], idOf);

  constructor(options: {
    registry: RegistryView;
    loads(): ReadonlyMap<string, number>;
    strategy: GateStrategy;
    serverType: string;
  }) {
    this.#registry = options.registry;
    this.#loads = options.loads;
    this.#strategy = options.strategy;
    this.#serverType = options.serverType;
  }

  /**
   * The connector for a uid. A connector whose host is `0.0.0.0` or `::`, which nobody can dial from elsewhere, is told by the host
   * at which `session` has reached this server.
   *
   * @throws CONNECTOR_MISSING when none is ready; UID_INVALID
   */
  pick(uid: Uid, session?: Session): GateTicket {
    if (!(session instanceof FrontendSession)) return this.pickFor(uid);
    const { hostHeader, localAddress } = session.link;
    return this.pickFor(uid, { header: hostHeader, address: localAddress });
  }

  /** @internal as {@link pick}, for somebody without a session */
  pickFor(uid: Uid, reached?: Reached): GateTicket {
    checkUid(uid);
    const ready = this.#mostReaching(this.#registry.takingNew(this.#serverType));
    const chosen = ready.length === 0 ? undefined : this.#choose(String(uid), ready);
    if (chosen?.clientPort === undefined) throw new PomeloError('CONNECTOR_MISSING', {});
    const { id, clientHost = chosen.host, clientPort: port, clientUrl } = chosen;
    const host = isEverywhere(clientHost)
      ? ((reached && reachedHost(reached)) ?? dialable(clientHost))
      : clientHost;
    return { id, host, port, ...(clientUrl !== undefined && { url: clientUrl }) };
  }

  /** A connector that reaches no backend of a type is left out while there is another that does. */
  #mostReaching(ready: readonly RegistryEntry[]): readonly RegistryEntry[] {
    if (ready === this.#seen) return this.#best;
    const cuts = ({ cutFrom = [] }: RegistryEntry) => cutFrom.length;
    const fewest = Math.min(...ready.map(cuts));
    this.#seen = ready;
    this.#best = ready.filter((entry) => cuts(entry) === fewest);
    this.#byHash = new Rendezvous(this.#best, idOf);
    return this.#best;
  }

  #choose(uid: string, ready: readonly RegistryEntry[]): RegistryEntry | undefined {
    if (this.#strategy === 'hash') return this.#byHash.pick(uid);
    if (this.#strategy === 'modulo') return ready[Math.abs(crc32(uid) | 0) % ready.length];
    return this.#leastLoaded(ready);
  }

  #leastLoaded(ready: readonly RegistryEntry[]): RegistryEntry | undefined {
    const loads = this.#loads();
    if (loads !== this.#seenLoads) {
      this.#seenLoads = loads;
      this.#sent.clear();
    }
    let best: RegistryEntry | undefined;
    let bestLoad = Number.POSITIVE_INFINITY;
    for (const entry of ready) {
      const load = (loads.get(entry.id) ?? 0) + (this.#sent.get(entry.id) ?? 0);
      if (load < bestLoad) {
        best = entry;
        bestLoad = load;
      }
    }
    if (best) this.#sent.set(best.id, (this.#sent.get(best.id) ?? 0) + 1);
    return best;
  }
}
