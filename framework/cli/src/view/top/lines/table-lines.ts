import type { Row } from '@pomelo-ts/views';
import { cutToWidth, padToWidth, textWidth } from '../../text-width.js';
import { placeOf, type ScreenState } from '../screen-state.js';
import { cellText, type DrawnColumn, drawnColumns } from './columns.js';
import { cutMark, type Line, plainLine, span } from './line.js';

/** What stands in one line of the table: a row, or the head of a group. */
type Item = { readonly row: Row } | { readonly head: string };

/** The table with its heads, in so many lines; the selected row is among them. */
export function tableLines(state: ScreenState, height: number): Line[] {
  const { page, query, columns: width, plain } = state;
  if (!page) return [plainLine(`  ${state.lost ?? 'waiting for the master'}`, state.lost ? 'red' : 'dim')];
  const kept = query.sort;
  const columns = drawnColumns(query.view, page.rows, { width: width - 2, kept, plain });
  const selected = page.rows[placeOf(state)];
  return [
    headLine(columns, state),
    ...(page.rows.length === 0 ? [plainLine(`  ${emptyText(state)}`, 'dim')] : []),
    ...shownItems(state, height).map((item) =>
      'row' in item
        ? rowLine(item.row, columns, state, item.row === selected)
        : plainLine(` ${item.head}`, 'bold'),
    ),
  ];
}

/** The row that stands in this line of the table, whose heads are line 0. */
export function rowAtLine(state: ScreenState, height: number, line: number): Row | undefined {
  const item = shownItems(state, height)[line - 1];
  return item && 'row' in item ? item.row : undefined;
}

function shownItems(state: ScreenState, height: number): readonly Item[] {
  const rows = state.page?.rows ?? [];
  const items = grouped(rows, state.query.group);
  const selected = rows[placeOf(state)];
  const at = items.findIndex((item) => 'row' in item && item.row === selected);
  const room = Math.max(1, height - 1);
  const first = Math.max(0, Math.min(at - Math.floor(room / 2), items.length - room));
  return items.slice(first, first + room);
}

function emptyText({ query, page }: ScreenState): string {
  const { view, filter, faulty } = query;
  if (page!.total === 0) return view === 'problems' ? 'nothing is wrong' : `there are no ${view}`;
  if (filter !== '') return `none of ${page!.total} ${view} meets the filter; esc takes it away`;
  return faulty ? `nothing is wrong with any of ${page!.total} ${view}; e shows them` : '';
}

function grouped(rows: readonly Row[], group: string | undefined): Item[] {
  if (group === undefined) return rows.map((row) => ({ row }));
  const counts = new Map<string, number>();
  const nameOf = ({ cells }: Row) => String(cells[group] ?? '-');
  for (const row of rows) counts.set(nameOf(row), (counts.get(nameOf(row)) ?? 0) + 1);
  return rows.flatMap((row, n) => {
    const name = nameOf(row);
    const begins = n === 0 || nameOf(rows[n - 1]!) !== name;
    return begins ? [{ head: `${group} ${name} (${counts.get(name)})` }, { row }] : [{ row }];
  });
}

function headLine(columns: readonly DrawnColumn[], { query }: ScreenState): Line {
  const cells = columns.map((one) => {
    const order = query.sort === one.name ? (query.growth ? '+' : query.ascending ? '<' : '>') : '';
    return inColumn(`${one.column.title}${order}`, one);
  });
  return plainLine(`  ${cells.join(' ')}`, 'dim');
}

function rowLine(
  row: Row,
  columns: readonly DrawnColumn[],
  { marks, plain }: ScreenState,
  selected: boolean,
): Line {
  const begin = `${selected ? '>' : ' '}${marks.has(row.key) ? '*' : ' '}`;
  const texts = columns.map((one) => inColumn(cellText(row, one.name, one.column, plain), one, plain));
  if (selected) return plainLine(`${begin}${texts.join(' ')}`, 'inverse');
  return [
    span(begin),
    ...columns.flatMap(({ column }, n) => {
      const style = column.kind === 'state' ? (row.trouble > 0 ? 'yellow' : ('green' as const)) : undefined;
      return [span(n === 0 ? texts[n]! : ` ${texts[n]}`, style)];
    }),
  ];
}

function inColumn(text: string, { width, right }: DrawnColumn, plain = false): string {
  const cut = cutToWidth(text, width, cutMark(plain));
  return right ? ' '.repeat(Math.max(0, width - textWidth(cut))) + cut : padToWidth(cut, width);
}
