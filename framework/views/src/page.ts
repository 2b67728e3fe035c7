import type { Cell, Column, Row } from './column.js';
import type { Filter } from './filter.js';
import { First } from './first.js';
import { naturalOrder } from './natural-order.js';
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

type Asked = Pick<ViewQuery, 'sort' | 'ascending' | 'growth' | 'limit' | 'group' | 'faulty'>;

/** The lines that a query means, of all that come one after the other: never more of them are kept than are shown. */
export class Selection {
  readonly #faulty: boolean;
  readonly #filter: Filter;
  readonly #first: First<Row>;
  #matching = 0;
  #total = 0;

  constructor(query: Asked, columns: Readonly<Record<string, Column>>, filter: Filter) {
    this.#faulty = query.faulty;
    this.#filter = filter;
    this.#first = new First(query.limit, orderOf(query, columns));
  }

  add(row: Row): void {
    this.#total++;
    if ((this.#faulty && row.trouble === 0) || !this.#filter(row)) return;
    this.#matching++;
    this.#first.add(row);
  }

  /** In the order of the query. */
  get rows(): readonly Row[] {
    return this.#first.all;
  }

  /** How many the query lets through. */
  get matching(): number {
    return this.#matching;
  }

  get total(): number {
    return this.#total;
  }
}

/** The lines that a query means, in its order. */
export function select(
  rows: readonly Row[],
  query: Asked,
  columns: Readonly<Record<string, Column>>,
  filter: Filter,
): { readonly rows: readonly Row[]; readonly matching: number } {
  const selection = new Selection(query, columns, filter);
  for (const row of rows) selection.add(row);
  return { rows: selection.rows, matching: selection.matching };
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
    naturalOrder(a.key, b.key);
}

/** Lines of which nothing is known come last, in both directions. */
const emptyLast = (a: Cell, b: Cell): number => Number(a === null) - Number(b === null);

function compare(a: Cell, b: Cell): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return naturalOrder(String(a ?? ''), String(b ?? ''));
}
