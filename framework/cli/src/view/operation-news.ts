import type { OperationRow } from '@pomelo-ts/master';
import { timeOf } from './operation-table.js';

/** Tells in a line when a long operation is paused, goes on, or is to end; undefined for a step of it. */
export function operationNews(): (row: OperationRow) => string | undefined {
  let last: OperationRow['state'] | undefined;
  return ({ id, state, pausedUntil = '' }) => {
    const before = last;
    last = state;
    if (state === before) return undefined;
    if (state === 'pausing') return `operation ${id} pauses after this step`;
    if (state === 'paused')
      return `operation ${id} is paused: pomelo-ts operations resume ${id} has it go on, at ${timeOf(pausedUntil)} it ends`;
    if (state === 'ending') return `operation ${id} ends after this step`;
    return state === 'running' && (before === 'paused' || before === 'pausing')
      ? `operation ${id} goes on`
      : undefined;
  };
}
