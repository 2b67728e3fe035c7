import { type Column, columnsOf, leftOutFirst, type Page, showCell, type ViewName } from '@pomelo-ts/views';
import { escaped } from '../../escaped.js';
import { textWidth } from '../../text-width.js';
import { signOf } from './sign.js';

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
  const spare = leftOutFirst[view].filter((name) => name !== kept);
  let drawn = Object.entries(columnsOf(view))
    .map(([name, column]) => drawnColumn(name, column, rows, plain))
    .filter(({ name }) => rows.length === 0 || name === kept || rows.some(({ cells }) => has(cells[name])));
  for (const name of spare) {
    if (widthOf(drawn) <= width) break;
    drawn = drawn.filter((one) => one.name !== name);
  }
  return shrunk(drawn, width);
}

const has = (cell: unknown): boolean => cell !== null && cell !== undefined && cell !== '';

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
