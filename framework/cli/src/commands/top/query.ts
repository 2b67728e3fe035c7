import { columnsOf, type ViewName, type ViewQuery, type Window } from '@pomelo-ts/views';

/** What a command line says of a view. */
export interface QueryOptions {
  readonly view: ViewName;
  readonly filter: string;
  readonly sort: string | undefined;
  readonly window: Window;
  readonly limit: number;
  readonly faulty: boolean;
}

/**
 * The query that a command line means. A column is named as in JSON or as its head; `+` before it has small ones first, and texts are sorted
 * that way in any case.
 */
export function queryIn({ view, filter, sort = 'trouble', window, limit, faulty }: QueryOptions) {
  const [, sign, name] = /^([+-]?)(.*)$/s.exec(sort) as unknown as [string, string, string];
  const columns = Object.entries(columnsOf(view));
  const [column = name, { kind = undefined } = {}] =
    columns.find(([key, { title }]) => key === name || title === name) ?? [];
  const ascending = sign === '+' || (sign === '' && (kind === 'text' || kind === 'state'));
  return { view, filter, sort: column, ascending, window, limit, faulty } satisfies Partial<ViewQuery>;
}
