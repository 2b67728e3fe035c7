import type { MeasureTable } from '@pomelo-ts/common';

/** What a master counts of its audit log. */
export const auditMeasures = {
  auditUnwritten: {
    kind: 'counter',
    name: 'audit.unwritten',
    help: 'Records of the audit log that could not be written; what they were to tell of was refused, if it changes anything.',
  },
} as const satisfies MeasureTable;
