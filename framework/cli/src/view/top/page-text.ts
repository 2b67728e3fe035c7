import { columnsOf, type Page, showCell, type ViewName } from '@pomelo-ts/views';
import type { Paint } from '../../terminal.js';
import { escaped, jsonText } from '../escaped.js';
import { type Cell, showTable } from '../table.js';

/** A page as a table: numbers short, problems of the cluster above it. */
export function pageTable(view: ViewName, page: Page, paint: Paint): string {
  const columns = Object.entries(columnsOf(view));
  const lines = page.rows.map(({ cells, trouble }): Cell[] =>
    columns.map(([name, column]) => {
      const text = showCell(cells[name], column);
      return column.kind === 'state' && trouble > 0 ? { text, style: 'yellow' } : text;
    }),
  );
  const heads = columns.map(([, { title }]) => title);
  const table = lines.length > 0 ? showTable(heads, lines, paint) : `no ${view}`;
  const { matching, total, silent } = page;
  const notes = [
    ...(matching < total || page.rows.length < matching ? [countsOf(page)] : []),
    ...(silent.length > 0 ? [`numbers missing from ${silent.map(escaped).join(', ')}`] : []),
  ];
  return [table, ...notes.map((note) => paint('dim', note))].join('\n');
}

const countsOf = ({ rows, matching, total }: Page): string =>
  rows.length < matching
    ? `first ${rows.length} of ${matching}, of ${total} in all`
    : `${matching} of ${total}`;

/** The lines of a page as JSON: numbers as they are, in seconds, bytes and shares. */
export const pageJson = ({ at, rows, matching, total, silent, summary }: Page): string =>
  jsonText(
    {
      at: new Date(at).toISOString(),
      rows: rows.map(({ cells }) => cells),
      matching,
      total,
      silent,
      summary,
    },
    2,
  );
