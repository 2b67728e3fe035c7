import * as z from 'zod';
import { longestPauseMs, usualPauseMs } from '../long-operations/long-operation.js';
import { operation } from './operation.js';
import { operationRow } from './shapes/operation-row.js';
import { count } from './shapes/shape.js';
import { noProgress, steps } from './shapes.js';

const look = { role: 'viewer', turn: { takes: 'nothing' }, changes: false } as const;

export const listOperations = operation({
  ...look,
  progress: noProgress,
  args: z.strictObject({}),
  answer: z.array(operationRow).readonly(),
  effect: 'Shows the long operations that go on, and the last ones that are over.',
  carryOut: (master) => master.long.rows,
});

export const watchOperation = operation({
  ...look,
  progress: steps,
  args: z.strictObject({ id: count }),
  answer: operationRow,
  effect: 'Tells how far a long operation is, until it is over.',
  carryOut: (master, { id }, { onProgress, gone, principal: { name, via } }) =>
    master.long.get(id).watch(onProgress, gone, `${via} ${name}`),
});

/** What operations on a long operation have in common. */
const steer = {
  role: 'operator',
  turn: { takes: 'nothing' },
  changes: true,
  progress: noProgress,
  answer: operationRow,
} as const;
const one = z.strictObject({ id: count });

export const pauseOperation = operation({
  ...steer,
  args: z.strictObject({
    id: count,
    /** It ends when that is over, unless it is resumed before. */
    forMs: z.number().min(1000).max(longestPauseMs).exactOptional(),
  }),
  effect:
    'Has a long operation wait before its next step, for an hour if nothing else is said, and then end; it keeps what it works on meanwhile.',
  carryOut: async (master, { id, forMs = usualPauseMs }) => {
    await master.long.get(id).pause(forMs);
    return master.long.get(id).row;
  },
});

export const resumeOperation = operation({
  ...steer,
  args: one,
  effect: 'Has a long operation that is paused go on.',
  carryOut: async (master, { id }) => {
    await master.long.get(id).resume();
    return master.long.get(id).row;
  },
});

export const endOperation = operation({
  ...steer,
  args: z.strictObject({
    id: count,
    /** Whether what it has done is taken back, where that can be. */
    takeBack: z.boolean().exactOptional(),
  }),
  effect: 'Ends a long operation before its next step, and takes back what it has done if that is wanted.',
  carryOut: async (master, { id, takeBack = false }) => {
    await master.long.get(id).end(takeBack);
    return master.long.get(id).row;
  },
});
