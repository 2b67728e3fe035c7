import type { Paint } from '../terminal.js';
import { escaped } from './escaped.js';
import { padToWidth, textWidth } from './text-width.js';

/** A cell: text, and how to paint it. */
export type Cell = string | { readonly text: string; readonly style: Parameters<Paint>[0] };

/** Most of it was written by others. */
const textOf = (cell: Cell) => escaped(typeof cell === 'string' ? cell : cell.text);

/** Columns in line under their heads, two blanks between. A column that is empty everywhere is left out. */
export function showTable(
  heads: readonly string[],
  rows: readonly (readonly Cell[])[],
  paint: Paint,
): string {
  const columns = heads.map((_, i) => i).filter((i) => rows.some((row) => textOf(row[i]!) !== ''));
  const widths = columns.map((i) =>
    Math.max(heads[i]!.length, ...rows.map((row) => textWidth(textOf(row[i]!)))),
  );
  const line = (cells: readonly Cell[]) =>
    cells
      .map((cell, n) => {
        const text = n === cells.length - 1 ? textOf(cell) : padToWidth(textOf(cell), widths[n]!);
        return typeof cell === 'string' ? text : paint(cell.style, text);
      })
      .join('  ')
      .trimEnd();
  const head = line(columns.map((i) => ({ text: heads[i]!, style: 'dim' })));
  return [head, ...rows.map((row) => line(columns.map((i) => row[i]!)))].join('\n');
}
