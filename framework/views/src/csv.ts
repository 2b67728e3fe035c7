import type { Page } from './page.js';
import { columnsOf, type ViewName } from './views.js';

/** The lines of a page as CSV, by RFC 4180, but that a text which a spreadsheet would carry out begins with an apostrophe. */
export function pageCsv(view: ViewName, { rows }: Pick<Page, 'rows'>): string {
  const columns = Object.keys(columnsOf(view));
  const lines = rows.map(({ cells }) => columns.map((name) => csvCell(cells[name] ?? '')));
  return [columns, ...lines].map((line) => line.join(',')).join('\n');
}

function csvCell(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const harmless = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
