import type { Row, ViewName } from '@pomelo-ts/views';

/** The column that names a server, by view. */
const serverColumn: Readonly<Partial<Record<ViewName, string>>> = {
  problems: 'about',
  servers: 'id',
  crons: 'id',
  users: 'frontend',
  channels: 'id',
};

/** The server that a line is about, by its view. */
export function serverOf(view: ViewName, { cells }: Row): string | undefined {
  const cell = cells[serverColumn[view] ?? ''];
  return typeof cell === 'string' ? cell : undefined;
}

/** What stands in one line of a table: a row, or the head of a group. */
export type Item = { readonly row: Row } | { readonly group: string; readonly count: number };

/** Rows with the heads of their groups, which they stand by already. */
export function grouped(rows: readonly Row[], group: string | undefined): readonly Item[] {
  if (group === undefined) return rows.map((row) => ({ row }));
  const nameOf = ({ cells }: Row) => String(cells[group] ?? '–');
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(nameOf(row), (counts.get(nameOf(row)) ?? 0) + 1);
  return rows.flatMap((row, n): Item[] => {
    const name = nameOf(row);
    const begins = n === 0 || nameOf(rows[n - 1]!) !== name;
    return begins ? [{ group: name, count: counts.get(name)! }, { row }] : [{ row }];
  });
}

/** A query with another order: by a column, the other way round if it is by that already. */
export function sortedBy<Q extends { readonly sort: string; readonly ascending: boolean }>(
  query: Q,
  column: string,
  isText: boolean,
): Q {
  // names are read from the beginning, of numbers the large ones are what one looks for
  if (query.sort !== column) return { ...query, sort: column, ascending: isText };
  return { ...query, ascending: !query.ascending };
}
