import { networkText, readNetwork } from '@pomelo-ts/cluster/masters';

/** A network on the blacklist, as it is kept for the next master and shown to operators. */
export interface BlacklistRow {
  /** `192.0.2.0/24`, `2001:db8::/32`, or one address. */
  readonly network: string;
  readonly reason?: string;
  /** Who has put it there. */
  readonly by: string;
  /** When, in ms since 1970. */
  readonly since: number;
  /** When it ends by itself, in ms since 1970; without it, it stays. */
  readonly until?: number;
}

/** Where the blacklist outlives a master. */
export interface BlacklistKeeper {
  /** What a former master has left. */
  readonly left: readonly BlacklistRow[];
  /** Resolves once the next master would know all of them. */
  keep(rows: readonly BlacklistRow[]): Promise<void>;
}

/** What {@link textOfRows} has written. @throws Error for anything else: networks that operators have shut out would be let in */
export function rowsIn(text: string): readonly BlacklistRow[] {
  const rows: unknown = JSON.parse(text);
  if (!Array.isArray(rows)) throw new Error('expected a list');
  return rows.map((row): BlacklistRow => {
    const { network, reason, by, since, until } = (row ?? {}) as Readonly<Record<string, unknown>>;
    const texts = [network, by].every((one) => typeof one === 'string') && isOr('string', reason);
    if (!texts || typeof since !== 'number' || !isOr('number', until))
      throw new Error('expected a network, who has put it there and when in each entry');
    // one text for each network, however it was written: it is found by that
    return { ...(row as BlacklistRow), network: networkText(readNetwork(network as string)) };
  });
}

export const textOfRows = (rows: readonly BlacklistRow[]): string => `${JSON.stringify(rows)}\n`;

const isOr = (type: 'string' | 'number', value: unknown): boolean =>
  value === undefined || typeof value === type;
