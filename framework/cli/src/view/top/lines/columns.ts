import {
  type Column,
  columnsOf,
  columnsThatFit,
  type Page,
  showCell,
  signOf,
  type ViewName,
} from '@pomelo-ts/views';
import { escaped } from '../../escaped.js';
import { textWidth } from '../../text-width.js';

/** A column as it is drawn. */
export interface DrawnColumn {
  readonly name: string;
  readonly column: Column;
  readonly width: number;
  readonly right: boolean;
}

/** Widest that a text is, unless it is the last one, which may have what is left. */
const widest = 28;

/** A cell as it is drawn; a state has its sign before its word. */
export function cellText(row: Page['rows'][number], name: string, column: Column, plain: boolean): string {
  const text = escaped(showCell(row.cells[name], column));
  return column.kind === 'state' && text !== '' ? `${signOf(text, row.trouble, plain)} ${text}` : text;
}

/**
 * The columns of a view that there is room for, with their widths. One that is empty everywhere is left out; where there is no room for all,
 * those that matter least.
 */
export function drawnColumns(
  view: ViewName,
  rows: Page['rows'],
  { width, kept, plain }: { readonly width: number; readonly kept: string; readonly plain: boolean },
): DrawnColumn[] {
  const columns = columnsOf(view);
  const drawnOf = (name: string) => drawnColumn(name, columns[name]!, rows, plain);
  const widthOf = (name: string) => drawnOf(name).width + 1;
  return shrunk(columnsThatFit(view, rows, { width, widthOf, kept }).map(drawnOf), width);
}

function drawnColumn(name: string, column: Column, rows: Page['rows'], plain: boolean): DrawnColumn {
  const right = column.kind !== 'text' && column.kind !== 'state';
  const texts = rows.map((row) => textWidth(cellText(row, name, column, plain)));
  const longest = Math.max(column.title.length + 1, ...texts); // one for the sign of order
  return { name, column, right, width: right ? longest : Math.min(longest, widest) };
}

const widthOf = (drawn: readonly DrawnColumn[]): number =>
  drawn.reduce((sum, { width }) => sum + width + 1, 0);

/** Texts give room as long as there is too little; what is left over belongs to a text at the end. */
function shrunk(drawn: readonly DrawnColumn[], width: number): DrawnColumn[] {
  let over = widthOf(drawn) - width;
  return drawn.map((one, n) => {
    if (one.right) return one;
    if (over < 0 && n === drawn.length - 1) return { ...one, width: one.width - over };
    const less = Math.max(0, Math.min(over, one.width - 8));
    over -= less;
    return { ...one, width: one.width - less };
  });
}
