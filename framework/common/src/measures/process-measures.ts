import type { HandlesOf, MeasureTable } from './measures.js';

/** What every process counts. */
export const processMeasures = {
  processNoFiles: {
    kind: 'counter',
    name: 'process.noFiles',
    help: 'Looks, one a second, at which this process could open neither a file nor a connection.',
  },
} as const satisfies MeasureTable;

/** Handles of {@link processMeasures}. */
export type ProcessMeasures = HandlesOf<typeof processMeasures>;
