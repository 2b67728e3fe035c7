import type { MeasureTable } from '@pomelo-ts/common';

/** What the listener of a master counts. */
export const listenerMeasures = {
  linkWrongProofs: {
    kind: 'counter',
    name: 'link.wrongProofs',
    help: 'Connections to the master whose proof was made with another secret.',
  },
  linkUnproved: {
    kind: 'counter',
    name: 'link.unproved',
    help: 'Other connections to the master that were not let in.',
  },
} as const satisfies MeasureTable;
