import type { HandlesOf, MeasureTable } from './measures.js';

/** What a game keeps in a folder of its own, in the order in which a disk is named after it. */
export const kept = ['logs', 'state'] as const;

/** What every process tells of the disks that it writes to. */
export const diskMeasures = {
  diskFree: {
    kind: 'gauge',
    name: 'disk.free',
    unit: 'bytes',
    help: 'What is left on the disk where logs lie, and on that of the state where it is another one; as of the last 10 seconds. NaN for a disk that there is not, or that does not answer.',
    closed: { label: 'disk', values: kept },
  },
  diskSize: {
    kind: 'gauge',
    name: 'disk.size',
    unit: 'bytes',
    help: 'Size of the disk where logs lie, and of that of the state where it is another one. NaN as for `disk.free`.',
    closed: { label: 'disk', values: kept },
  },
} as const satisfies MeasureTable;

/** Handles of {@link diskMeasures}. */
export type DiskMeasures = HandlesOf<typeof diskMeasures>;
