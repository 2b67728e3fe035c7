import {
  type BlacklistChange,
  type BlacklistWord,
  bitsRange,
  type LinkHub,
  type Network,
  networkText,
  readNetwork,
} from '@pomelo-ts/cluster/masters';
import { PomeloError, reasonOf } from '@pomelo-ts/common';
import { type BlacklistKeeper, type BlacklistRow, textOfRows } from './kept-networks.js';
import { type LookUp, OwnAddresses } from './own-addresses.js';
import { prefixesOf } from './prefixes-of.js';

/** What {@link Blacklisting} works with. */
export interface BlacklistingParts {
  readonly keeper: BlacklistKeeper;
  readonly hub: Pick<LinkHub, 'registry' | 'tellBlacklist' | 'heard'>;
  /** Milliseconds since 1970. */
  readonly wallTime: () => number;
  /** @default what name servers say */
  readonly lookUp?: LookUp;
}

/** Networks that are to be put on the blacklist. */
export interface WantedNetworks {
  readonly networks: readonly string[];
  readonly reason?: string | undefined;
  /** How long, in ms. @default until they are taken off */
  readonly forMs?: number | undefined;
  /** Also those that frontends of this cluster are in. @default false */
  readonly force?: boolean | undefined;
  /** Who wants it. */
  readonly by: string;
}

/** What has become of a change. */
export interface BlacklistAnswer {
  /** The networks as they are on the list, or were. */
  readonly networks: readonly string[];
  /** Frontends that go by it now. */
  readonly told: readonly string[];
  /** Those that have not said so: they hear of it when their link stands again. */
  readonly silent: readonly { readonly id: string; readonly reason: string }[];
}

/** A part of the blacklist. */
export interface BlacklistPage {
  readonly entries: readonly BlacklistRow[];
  /** How many there are in all. */
  readonly total: number;
}

/** Most networks on the list, and most bytes of it: a store of masters takes no values over 1.5 MB. */
export const mostNetworks = 10_000;
const mostBytes = 1024 * 1024;
/** Shortest prefixes: a wider network is a slip rather than an attacker. */
const leastBits = { 4: 8, 6: 16 } as const;
/** How long a frontend may take to say that it has heard, in ms. */
const heardMs = 2000;

/** Which addresses no client may come from: kept for the next master first, then told to all frontends. */
export class Blacklisting {
  readonly #parts: BlacklistingParts;
  readonly #own: OwnAddresses;
  #rows: ReadonlyMap<string, BlacklistRow>;
  /** One change after the other: each is written down with all others. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(parts: BlacklistingParts) {
    this.#parts = parts;
    this.#own = new OwnAddresses(parts.hub.registry, parts.lookUp);
    this.#rows = new Map(parts.keeper.left.map((row) => [row.network, row]));
  }

  /** What a frontend is told that joins. */
  readonly words = (): readonly BlacklistWord[] => this.#now().map((row) => this.#wordOf(row));

  /**
   * Puts networks on the list; one that is there has the new reason and time. Frontends close the connections that come from there.
   *
   * @throws BLACKLIST_INVALID, BLACKLIST_OWN, BLACKLIST_FULL, BLACKLIST_UNWRITABLE
   */
  async add({ networks, reason, forMs, force = false, by }: WantedNetworks): Promise<BlacklistAnswer> {
    const texts = [...new Set(networks.map((text) => networkText(narrowIn(text))))];
    const own = force ? undefined : await this.#own.within(texts);
    if (own) throw new PomeloError('BLACKLIST_OWN', own);
    return this.#inTurn(() => {
      const since = this.#parts.wallTime();
      const rows = texts.map((network) => ({
        ...{ network, by, since },
        ...(reason !== undefined && { reason }),
        ...(forMs !== undefined && { until: since + forMs }),
      }));
      const next = new Map(this.#now().map((row) => [row.network, row]));
      for (const row of rows) {
        next.delete(row.network);
        next.set(row.network, row);
      }
      requireRoom(next);
      return this.#change(next, texts, { add: rows.map((row) => this.#wordOf(row)), remove: [] });
    });
  }

  /** Takes networks off the list. @throws BLACKLIST_INVALID, BLACKLIST_MISSING, BLACKLIST_UNWRITABLE */
  remove(networks: readonly string[]): Promise<BlacklistAnswer> {
    const wanted = networks.map(networkIn);
    return this.#inTurn(() => {
      const next = new Map(this.#now().map((row) => [row.network, row]));
      for (const network of wanted) if (!next.has(networkText(network))) throw this.#missing(network);
      const texts = [...new Set(wanted.map(networkText))];
      for (const text of texts) next.delete(text);
      return this.#change(next, texts, { add: [], remove: texts });
    });
  }

  /** The entries of these very networks that are on the list. @throws BLACKLIST_INVALID */
  entriesOf(networks: readonly string[]): readonly BlacklistRow[] {
    const texts = new Set(networks.map((text) => networkText(networkIn(text))));
    return this.#now().filter(({ network }) => texts.has(network));
  }

  /** The networks on the list, or those that an address or network is in; the newest first. @throws BLACKLIST_INVALID */
  list({
    within,
    offset,
    limit,
  }: {
    within?: string | undefined;
    offset: number;
    limit: number;
  }): BlacklistPage {
    const rows = within === undefined ? this.#now() : this.#around(networkIn(within));
    return { entries: rows.reverse().slice(offset, offset + limit), total: rows.length };
  }

  /** The network on the list by which a host of this cluster is shut out; undefined when it is not. */
  readonly shutsOut = (host: string): string | undefined => {
    if (this.#rows.size === 0) return undefined;
    const at = this.#parts.wallTime();
    return this.#own.prefixes(host).find((network) => {
      const row = this.#rows.get(network);
      return row !== undefined && lasts(row, at);
    });
  };

  /** Those whose time is not over, the oldest first. */
  #now(): BlacklistRow[] {
    const at = this.#parts.wallTime();
    return [...this.#rows.values()].filter((row) => lasts(row, at));
  }

  /** However many there are, no more are looked at than a network has prefixes. */
  #around(network: Network): BlacklistRow[] {
    const at = this.#parts.wallTime();
    return prefixesOf(network)
      .flatMap((prefix) => this.#rows.get(networkText(prefix)) ?? [])
      .filter((row) => lasts(row, at))
      .sort((a, b) => a.since - b.since);
  }

  #wordOf({ network, until }: BlacklistRow): BlacklistWord {
    return until === undefined ? [network] : [network, Math.max(0, until - this.#parts.wallTime())];
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => {}); // whoever asked for it is told
    return turn;
  }

  async #change(
    next: ReadonlyMap<string, BlacklistRow>,
    networks: readonly string[],
    change: BlacklistChange,
  ): Promise<BlacklistAnswer> {
    const { keeper, hub } = this.#parts;
    try {
      await keeper.keep([...next.values()]);
    } catch (error) {
      throw new PomeloError('BLACKLIST_UNWRITABLE', { reason: reasonOf(error) }, { cause: error });
    }
    this.#rows = next;
    hub.tellBlacklist(change);
    return { networks, ...(await this.#heard()) };
  }

  async #heard(): Promise<Omit<BlacklistAnswer, 'networks'>> {
    const { hub } = this.#parts;
    const frontends = hub.registry.all.filter(({ frontend }) => frontend);
    const answers = await Promise.all(
      frontends.map(async ({ id }) => {
        const reason = await hub.heard(id, heardMs).then(() => undefined, reasonOf);
        return { id, reason };
      }),
    );
    return {
      told: answers.flatMap(({ id, reason }) => (reason === undefined ? [id] : [])),
      silent: answers.flatMap(({ id, reason }) => (reason === undefined ? [] : [{ id, reason }])),
    };
  }

  #missing(network: Network): PomeloError {
    const wider = this.#around(network)[0]?.network;
    const hint = wider === undefined ? '' : `: it is part of ${wider}, which is`;
    return new PomeloError('BLACKLIST_MISSING', { network: networkText(network), hint });
  }
}

const lasts = ({ until }: BlacklistRow, at: number): boolean => until === undefined || until > at;

function networkIn(text: string): Network {
  try {
    return readNetwork(text);
  } catch (error) {
    throw new PomeloError('BLACKLIST_INVALID', { network: text, reason: reasonOf(error) });
  }
}

/** A network that is not too wide to be meant. */
function narrowIn(text: string): Network {
  const network = networkIn(text);
  const least = leastBits[network.family];
  if (network.bits >= least) return network;
  const range = bitsRange(text, network.family, least);
  const reason = `expected ${range}: nobody shuts out more addresses than that by a slip`;
  throw new PomeloError('BLACKLIST_INVALID', { network: text, reason });
}

function requireRoom(next: ReadonlyMap<string, BlacklistRow>): void {
  const full = next.size > mostNetworks || Buffer.byteLength(textOfRows([...next.values()])) > mostBytes;
  if (full) throw new PomeloError('BLACKLIST_FULL', { most: mostNetworks, mebibytes: mostBytes / 1024 ** 2 });
}
