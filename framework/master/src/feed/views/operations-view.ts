import type { Row } from '@pomelo-ts/views';
import type { OperationRow } from '../../long-operations/kept-operation.js';

/** The lines of the long operations. */
export function operationsView(operations: readonly OperationRow[]): Row[] {
  return operations.map(({ id, verb, target, state, done, left, underWay, by, begunAt, error }) => ({
    key: String(id),
    trouble: state === 'failed' ? 10 : state === 'paused' ? 1 : 0,
    cells: {
      number: id,
      verb,
      target,
      state,
      done: done.length,
      left: left.length + underWay.length,
      by,
      begun: Date.parse(begunAt),
      error: error?.message ?? null,
    },
  }));
}
