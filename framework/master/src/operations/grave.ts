import type { ServerRow } from '../servers/server-row.js';
import type { Selection } from '../topology/selection.js';
import type { Commanded } from './commanded.js';

/* What makes an operation grave that is none in most cases: then it takes a second person, where such are asked for, or a proof of who asks. */

/** Whether it restarts servers without that one of them tries the code first. */
export const isUntried = ({ trial }: { readonly trial?: boolean }): boolean => trial === false;

/** Clients that are few: to cut so many needs no proof, and to cut half of so many is not grave. */
const few = 100;

/**
 * Whether it ends all servers that run, all of a type of frontends (nobody is on them any more, or comes in by them), or more than half of all
 * clients with them.
 */
export function endsAll(which: Partial<Selection>, master: Pick<Commanded, 'select' | 'list'>): boolean {
  const running = master.list().filter(({ state }) => state !== 'down');
  const ended = meant(which, master);
  const hasAll = (rows: readonly ServerRow[]) => rows.length > 0 && rows.every(({ id }) => ended.has(id));
  const frontends = running.filter(({ frontend }) => frontend);
  const kinds = new Set(frontends.map(({ type }) => type));
  const clientsOf = (rows: readonly ServerRow[]) =>
    rows.reduce((sum, { connections = 0 }) => sum + connections, 0);
  const clients = clientsOf(frontends);
  const cut = clientsOf(frontends.filter(({ id }) => ended.has(id)));
  return (
    hasAll(running) ||
    [...kinds].some((one) => hasAll(frontends.filter(({ type }) => type === one))) ||
    (clients > few && cut > clients / 2)
  );
}

/** Shares of all addresses of a kind, from which on a change shuts out a good part of the world. */
const [wideOf4, wideOf6] = [2 / 256, 1 / 2 ** 16];

/** Whether networks are so many addresses together that shutting them out is grave, however small each of them is. */
export function isWide(networks: readonly unknown[]): boolean {
  let [of4, of6] = [0, 0];
  for (const network of new Set(networks)) {
    if (typeof network !== 'string') continue;
    const [address = '', prefix] = network.split('/');
    const bits = address.includes(':') ? 128 : 32;
    const share = 2 ** -Math.min(bits, Math.max(0, Number(prefix ?? bits)));
    if (bits === 128) of6 += share;
    else of4 += share;
  }
  return of4 >= wideOf4 || of6 >= wideOf6;
}

/** Whether it cuts all clients, or more than a hundred. */
function cutsMany(which: Partial<Selection>, master: Pick<Commanded, 'select' | 'list'>): boolean {
  const ended = meant(which, master);
  const cut = master.list().reduce((n, { id, connections = 0 }) => n + (ended.has(id) ? connections : 0), 0);
  return cut > few || endsAll(which, master);
}

/** That it cuts so many, as what makes it ask for a proof. */
export const whenItCutsMany = {
  when: `it cuts more than ${few} clients or half of all, or ends all frontends of a type`,
  holds: cutsMany,
};

/** The servers that a selection means; none where it makes no sense: whoever asks is told what is wrong with it. */
function meant(
  { ids, types, hosts }: Partial<Selection>,
  master: Pick<Commanded, 'select'>,
): ReadonlySet<string> {
  try {
    return new Set(master.select({ ...(ids && { ids }), ...(types && { types }), ...(hosts && { hosts }) }));
  } catch {
    return new Set();
  }
}
