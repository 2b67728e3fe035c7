import type { Cell, Column, Row } from './column.js';
import { leftOutFirst } from './narrow.js';
import { columnsOf, type ViewName } from './views.js';

/** How much room there is for the columns of a table, and how much each takes. */
export interface Room {
  readonly width: number;
  widthOf(name: string, column: Column): number;
  /** Column that is shown at any rate, as lines are sorted by it. */
  readonly kept: string;
}

/**
 * The columns of a view that there is room for. One that is empty everywhere is left out; where there is no room for all, those that matter
 * least.
 */
export function columnsThatFit(
  view: ViewName,
  rows: readonly Row[],
  { width, widthOf, kept }: Room,
): readonly string[] {
  const columns = columnsOf(view);
  const told = Object.keys(columns).filter(
    (name) => rows.length === 0 || name === kept || rows.some(({ cells }) => has(cells[name])),
  );
  const widths = new Map(told.map((name) => [name, widthOf(name, columns[name]!)]));
  let left = [...widths.values()].reduce((sum, one) => sum + one, 0);
  const without = new Set<string>();
  for (const name of leftOutFirst[view]) {
    if (left <= width) break;
    if (name === kept || !widths.has(name)) continue;
    without.add(name);
    left -= widths.get(name)!;
  }
  return told.filter((name) => !without.has(name));
}

const has = (cell: Cell | undefined): boolean => cell !== null && cell !== undefined && cell !== '';
