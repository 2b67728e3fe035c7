import type { Row } from './column.js';
import type { Page } from './page.js';

/** What makes a page of the one before. Without a page before, all of it is there. */
export interface PageDelta {
  readonly at: number;
  /** Lines that are new or different, whole. */
  readonly set?: readonly Row[];
  /** Keys of all lines in their order, when that is another. */
  readonly order?: readonly string[];
  readonly matching?: number;
  readonly total?: number;
  readonly silent?: readonly string[];
  readonly summary?: Page['summary'];
}

const parts = ['matching', 'total', 'silent', 'summary'] as const;

/** What has changed between two pages. */
export function deltaOf(before: Page | undefined, after: Page): PageDelta {
  const known = new Map(before?.rows.map((row) => [row.key, row]));
  const set = after.rows.filter((row) => !isSame(known.get(row.key), row));
  const order = after.rows.map(({ key }) => key);
  const changed = parts.filter((part) => !isSame(before?.[part], after[part]));
  return {
    at: after.at,
    ...(set.length > 0 && { set }),
    ...(!isSame(
      before?.rows.map(({ key }) => key),
      order,
    ) && { order }),
    ...Object.fromEntries(changed.map((part) => [part, after[part]])),
  };
}

/**
 * The page that a delta makes of the one before.
 *
 * @throws Error when the delta is not one of that page
 */
export function applyDelta(before: Page | undefined, delta: PageDelta): Page {
  const rows = new Map(before?.rows.map((row) => [row.key, row]));
  for (const row of delta.set ?? []) rows.set(row.key, row);
  const order = delta.order ?? before?.rows.map(({ key }) => key) ?? [];
  const { matching = before?.matching, total = before?.total } = delta;
  const { silent = before?.silent, summary = before?.summary } = delta;
  if (matching === undefined || total === undefined || !silent || !summary)
    throw new Error('the first delta is not whole');
  return {
    at: delta.at,
    rows: order.map((key) => {
      const row = rows.get(key);
      if (!row) throw new Error(`the delta names ${key}, which was not told before`);
      return row;
    }),
    ...{ matching, total, silent, summary },
  };
}

const isSame = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);
