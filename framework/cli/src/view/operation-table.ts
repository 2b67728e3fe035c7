import type { OperationRow } from '@pomelo-ts/master';
import type { Paint } from '../terminal.js';
import { escaped, escapedLines } from './escaped.js';
import { type Cell, showTable } from './table.js';

const heads = ['id', 'operation', 'target', 'state', 'done', 'begun', 'by', 'error'];

/** Long operations as a table, the newest first. */
export function operationTable(rows: readonly OperationRow[], paint: Paint): string {
  const cells = rows.map((row): Cell[] => {
    const { id, verb, target, begunAt, by, error } = row;
    const [reason = ''] = (error?.message ?? '').split('\n');
    return [String(id), verb, target, stateCell(row), doneOf(row), timeOf(begunAt), by, reason];
  });
  return showTable(heads, cells, paint);
}

/** How an operation that is over has ended, with what was done of it and what not. */
export function operationEnd(row: OperationRow): string {
  const { id, verb, state, done, underWay, left, takenBack, error } = row;
  const named = (what: string, names: readonly string[]) =>
    names.length > 0 ? [`  ${what}: ${escaped(names.join(', '))}`] : [];
  const why =
    error && state === 'failed' ? [`  ${escapedLines(error.message).replaceAll('\n', '\n  ')}`] : [];
  return [
    `operation ${id} (${escaped(verb)}) is ${state}`,
    ...named('done', done),
    ...named('taken back', takenBack),
    ...named('begun', underWay),
    ...named('not done', left),
    ...why,
  ].join('\n');
}

function stateCell({ state }: OperationRow): Cell {
  if (state === 'done') return { text: state, style: 'green' };
  return { text: state, style: state === 'failed' ? 'red' : 'yellow' };
}

function doneOf({ done, underWay, left, takenBack }: OperationRow): string {
  const all = done.length + underWay.length + left.length + takenBack.length;
  return all === 0 ? '' : `${done.length}/${all}`;
}

/** `2026-03-01 12:00:05`, in the time of this terminal. */
export function timeOf(text: string): string {
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) return '';
  const two = (part: number) => String(part).padStart(2, '0');
  const day = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join('-');
  return `${day} ${[time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(':')}`;
}
