import type { Cell, Column, Row } from './column.js';
import type { Filter } from './filter.js';
import type { ViewQuery } from './query.js';
import type { Summary } from './summary.js';

/** What is shown of a view at one moment. */
export interface Page {
  /** When it was so, in ms since 1970. */
  readonly at: number;
  readonly rows: readonly Row[];
  /** Lines that the filter lets through; the page may have fewer. */
  readonly matching: number;
  /** Lines of the view. */
  readonly total: number;
  /** Servers that should have told something and did not. */
  readonly silent: readonly string[];
  readonly summary: Summary;
}

/** The lines that a query means, in its order. */
export function select(
  rows: readonly Row[],
  query: Pick<ViewQuery, 'sort' | 'ascending' | 'growth' | 'limit' | 'group' | 'faulty'>,
  columns: Readonly<Record<string, Column>>,
  filter: Filter,
): { readonly rows: readonly Row[]; readonly matching: number } {
  const shown = rows.filter((row) => (!query.faulty || row.trouble > 0) && filter(row));
  shown.sort(orderOf(query, columns));
  return { rows: shown.slice(0, query.limit), matching: shown.length };
}

function orderOf(
  { sort, ascending, growth, group }: Pick<ViewQuery, 'sort' | 'ascending' | 'growth' | 'group'>,
  columns: Readonly<Record<string, Column>>,
): (a: Row, b: Row) => number {
  const column = Object.hasOwn(columns, sort) ? sort : undefined;
  const sortedBy = (row: Row): Cell =>
    column === undefined
      ? row.trouble
      : growth
        ? (row.growth?.[column] ?? null)
        : (row.cells[column] ?? null);
  const direction = ascending ? 1 : -1;
  return (a, b) =>
    (group === undefined ? 0 : compare(a.cells[group] ?? null, b.cells[group] ?? null)) ||
    emptyLast(sortedBy(a), sortedBy(b)) ||
    direction * compare(sortedBy(a), sortedBy(b)) ||
    byName.compare(a.key, b.key);
}

/** `chat-2` comes before `chat-10`. */
const byName = new Intl.Collator('en', { numeric: true });

/** Lines of which nothing is known come last, in both directions. */
const emptyLast = (a: Cell, b: Cell): number => Number(a === null) - Number(b === null);

function compare(a: Cell, b: Cell): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return byName.compare(String(a ?? ''), String(b ?? ''));
}
