import { type ReportRow, type RobotReport, showCount, showRate, showTime } from '@pomelo-ts/client/robot';
import type { Paint } from '../../terminal.js';
import { type Cell, showTable } from '../table.js';
import { cutToWidth } from '../text-width.js';

/** A route is shorter, and a name made of what a server said must not push the figures out of sight. */
const widestTitle = 50;

const heads = ['', 'COUNT', 'RATE', 'P50', 'P95', 'P99', 'MAX', 'ERRORS'];

/** What was timed, in at most `most` lines with the head. */
export function rowTable({ rows, totals }: RobotReport, most: number, paint: Paint): string {
  const shown = rows.length + 2 > most ? rows.slice(0, most - 3) : rows;
  const all = { ...totals, count: totals.requests, perSecond: totals.requestsPerSecond };
  const cells = [
    ...shown.map((row) => cellsOf(rowTitle(row), row)),
    cellsOf('all requests', { ...all, errors: undefined }),
  ];
  const table = figureTable(heads, cells, paint);
  return shown.length === rows.length ? table : `${table}\nand ${rows.length - shown.length} more`;
}

/** The most frequent errors. */
export function errorLines({ errors }: RobotReport, most: number, paint: Paint): string[] {
  const lines = errors
    .slice(0, most)
    .map(
      ({ where, message, count }) => `${paint('red', showCount(count))} ${oneLine(`${where}: ${message}`)}`,
    );
  return errors.length > most ? [...lines, `and ${errors.length - most} more messages`] : lines;
}

/** A server says what it likes: nothing of it may move the cursor or turn the direction of writing. */
export const oneLine = (text: string): string => text.replace(/[\p{Cc}\p{Bidi_Control}]+/gu, ' ');

function rowTitle({ kind, name }: ReportRow): string {
  return titleOf(kind === 'request' || kind === name ? name : `${kind} ${name}`);
}

/** A name as the first cell of a row. */
export const titleOf = (name: string): string => cutToWidth(oneLine(name), widestTitle);

function cellsOf(
  title: string,
  row: Omit<ReportRow, 'kind' | 'name' | 'errors'> & { errors: number | undefined },
): Cell[] {
  const { count, perSecond, p50, p95, p99, max, errors } = row;
  const times = max === 0 ? ['-', '-', '-', '-'] : [p50, p95, p99, max].map(showTime);
  const failed = errors === undefined ? '' : showCount(errors);
  return [
    title,
    showCount(count),
    showRate(perSecond),
    ...times,
    errors ? { text: failed, style: 'red' } : failed,
  ];
}

/** A table of a name and figures, which end below each other and their heads. */
export function figureTable(
  heads: readonly string[],
  rows: readonly (readonly Cell[])[],
  paint: Paint,
): string {
  const text = (cell: Cell) => (typeof cell === 'string' ? cell : cell.text);
  const widths = heads.map((head, i) => Math.max(head.length, ...rows.map((row) => text(row[i]!).length)));
  const toRight = (cell: Cell, i: number): Cell => {
    if (i === 0) return cell;
    const padded = text(cell).padStart(widths[i]!);
    return typeof cell === 'string' ? padded : { ...cell, text: padded };
  };
  const titles = heads.map((head, i) => (i === 0 ? head : head.padStart(widths[i]!)));
  return showTable(
    titles,
    rows.map((row) => row.map(toRight)),
    paint,
  );
}
