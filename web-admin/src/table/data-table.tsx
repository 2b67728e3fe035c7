import { columnsOf, columnsThatFit, type Page, showCell, type ViewQuery } from '@pomelo-ts/views';
import { columnWords, t } from '../words/words-store.js';
import { marks } from './marks-store.js';
import { grouped, sortedBy } from './rows.js';
import { TableRow } from './table-row.js';
import { useWidth } from './table-width.js';
import { textWidth } from './text-width.js';

interface DataTableProps {
  readonly query: ViewQuery;
  readonly page: Page;
  /** Whether lines can be marked. */
  readonly markable: boolean;
  readonly onQuery?: (query: ViewQuery) => void;
  readonly onDetails: (key: string) => void;
}

/** Pixels of a character, and of what is around the text of a cell. */
const [characterWidth, cellPadding] = [8, 22];
/** Pixels of the columns at both ends. */
const [markWidth, actionsWidth] = [42, 100];
/** Widest that a text is, in characters. */
const widest = 34;

/** A view as a table: the columns that there is room for, lines with something wrong first unless another order is asked for. */
export function DataTable({ query, page, markable, onQuery, onDetails }: DataTableProps) {
  const { ref, width } = useWidth();
  const { view } = query;
  const columns = columnsOf(view);
  const names = columnsThatFit(view, page.rows, {
    width: width - (markable ? markWidth : 0) - actionsWidth,
    kept: query.sort,
    widthOf: (name, column) => {
      const texts = page.rows.map(({ cells }) => textWidth(showCell(cells[name], column)));
      const longest = Math.max(textWidth(columnWords(view, name).title) + 2, ...texts);
      return Math.min(longest, widest) * characterWidth + cellPadding;
    },
  });
  return (
    <section
      class="table-box"
      ref={ref}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what is scrolled has to be reached by the keyboard
      tabIndex={0}
      aria-label={t('table.region', { view: t(`view.${view}`) })}
    >
      <table data-view={view}>
        <caption class="unseen">{captionOf(query, page)}</caption>
        <thead>
          <tr>
            {markable && (
              <td>
                <MarkAll page={page} />
              </td>
            )}
            {names.map((name) => (
              <Head key={name} name={name} kind={columns[name]!.kind} query={query} onQuery={onQuery} />
            ))}
            <td>
              <span class="unseen">{t('actions')}</span>
            </td>
          </tr>
        </thead>
        <tbody>
          {grouped(page.rows, query.group).map((item) =>
            'row' in item ? (
              <TableRow
                key={`row ${item.row.key}`}
                {...{ view, row: item.row, names, markable, onDetails }}
                marked={marks.value.has(item.row.key)}
              />
            ) : (
              <tr key={`group ${item.group}`} class="group">
                <th colSpan={names.length + (markable ? 2 : 1)} scope="rowgroup">
                  <bdi>{item.group}</bdi> ({item.count})
                </th>
              </tr>
            ),
          )}
        </tbody>
      </table>
    </section>
  );
}

function captionOf(query: ViewQuery, { rows, matching }: Page): string {
  const { view, sort, window } = query;
  const order = Object.hasOwn(columnsOf(view), sort) ? columnWords(view, sort).title : t('table.byTrouble');
  return t('table.caption', { view: t(`view.${view}`), shown: rows.length, matching, order, window });
}

interface HeadProps {
  readonly name: string;
  readonly kind: string;
  readonly query: ViewQuery;
  readonly onQuery: ((query: ViewQuery) => void) | undefined;
}

function Head({ name, kind, query, onQuery }: HeadProps) {
  const { title, help } = columnWords(query.view, name);
  const isText = kind === 'text' || kind === 'state';
  const sorted = query.sort === name;
  const order = query.ascending ? 'ascending' : 'descending';
  return (
    <th
      scope="col"
      class={isText ? undefined : 'number'}
      aria-sort={sorted ? order : undefined}
      data-column={name}
    >
      {onQuery ? (
        <button type="button" title={help} onClick={() => onQuery(sortedBy(query, name, isText))}>
          {title}
          <span aria-hidden="true" class="order">
            {sorted ? (query.growth ? '⇡' : query.ascending ? '▲' : '▼') : ''}
          </span>
        </button>
      ) : (
        <span title={help}>{title}</span>
      )}
    </th>
  );
}

function MarkAll({ page }: { readonly page: Page }) {
  const all = page.rows.length > 0 && page.rows.every(({ key }) => marks.value.has(key));
  const toggle = () => {
    marks.value = new Set(all ? [] : page.rows.map(({ key }) => key));
  };
  return (
    <label class="mark">
      <input type="checkbox" checked={all} onChange={toggle} />
      <span class="unseen">{t('table.markAll')}</span>
    </label>
  );
}
