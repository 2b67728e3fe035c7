import type { Page } from './page.js';
import { columnsOf, type ViewName } from './views.js';

/** The lines of a page as CSV, see {@link linesCsv}. */
export function pageCsv(view: ViewName, { rows }: Pick<Page, 'rows'>): string {
  const columns = Object.keys(columnsOf(view));
  return linesCsv([columns, ...rows.map(({ cells }) => columns.map((name) => cells[name] ?? ''))]);
}

/**
 * Lines of cells as CSV, by RFC 4180 but that lines end with `\n`, and that a text which a spreadsheet would carry out begins with an
 * apostrophe. Numbers are as they are.
 *
 * @example linesCsv([['id', 'conn'], ['chat-1', 3], ['=1+1', 0]]) // "id,conn\nchat-1,3\n'=1+1,0"
 */
export const linesCsv = (lines: readonly (readonly (string | number)[])[]): string =>
  lines.map((line) => line.map(csvCell).join(',')).join('\n');

function csvCell(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const harmless = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
