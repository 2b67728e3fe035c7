import type { MeasureTable } from '@pomelo-ts/common';

/** What is counted of records of the audit log that a master sends to others. */
export const shippingMeasures = {
  shipped: {
    kind: 'counter',
    name: 'audit.shipped',
    help: 'Records of the audit log that a receiver has taken.',
  },
  shipFailures: {
    kind: 'counter',
    name: 'audit.shipFailures',
    help: 'Times that records of the audit log could not be sent to a receiver; they are sent again.',
  },
  shipMissed: {
    kind: 'counter',
    name: 'audit.shipMissed',
    help: 'Records of the audit log that were never sent to a receiver, as their file was taken away before.',
  },
} as const satisfies MeasureTable;

/** Told as it is whenever it is asked for. */
export const unshippedMeasure = {
  kind: 'gauge',
  name: 'audit.unshipped',
  help: 'Records of the audit log that the receiver which is furthest behind has not taken yet.',
} as const;
