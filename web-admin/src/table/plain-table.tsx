import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import { t } from '../words/words-store.js';
import { CsvButton } from './csv-button.js';

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

/** A table of what is asked for once; it can be kept as CSV. */
export function PlainTable<T>({ caption, heads, rows, keyOf, cells, actions }: PlainTableProps<T>) {
  const box = useRef<HTMLElement>(null);
  return (
    <>
      <section
        class="table-box"
        ref={box}
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
                <td class="no-data">
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
      {rows.length > 0 && <CsvButton of={box} name={caption} />}
    </>
  );
}
