import type { ComponentChildren } from 'preact';
import { t } from '../words/words-store.js';

interface PlainTableProps<T> {
  readonly caption: string;
  /** Heads of the columns; the first column names the line. */
  readonly heads: readonly string[];
  readonly rows: readonly T[];
  readonly keyOf: (row: T) => string;
  readonly cells: (row: T) => readonly ComponentChildren[];
  /** What can be done with a line. */
  readonly actions?: (row: T) => ComponentChildren;
}

/** A table of what is asked for once. */
export function PlainTable<T>({ caption, heads, rows, keyOf, cells, actions }: PlainTableProps<T>) {
  return (
    <section
      class="table-box"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what is scrolled has to be reached by the keyboard
      tabIndex={0}
      aria-label={caption}
    >
      <table>
        <caption class="unseen">{caption}</caption>
        <thead>
          <tr>
            {heads.map((head) => (
              <th scope="col" key={head}>
                {head}
              </th>
            ))}
            {actions && (
              <td>
                <span class="unseen">{t('actions')}</span>
              </td>
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const [first, ...others] = cells(row);
            return (
              <tr key={keyOf(row)} data-key={keyOf(row)}>
                <th scope="row">{first}</th>
                {others.map((cell, n) => (
                  <td key={heads[n + 1]}>{cell}</td>
                ))}
                {actions && <td class="row-actions">{actions(row)}</td>}
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
