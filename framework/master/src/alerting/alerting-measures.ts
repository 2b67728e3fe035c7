import type { MeasureTable } from '@pomelo-ts/common';

/** What is counted of the alerts that a master sends by itself. */
export const alertingMeasures = {
  alertsSent: {
    kind: 'counter',
    name: 'alerts.sent',
    help: 'Messages about problems that a receiver has taken.',
  },
  alertsUnsent: {
    kind: 'counter',
    name: 'alerts.unsent',
    help: 'Messages about problems that were given up, as no receiver took them.',
  },
} as const satisfies MeasureTable;
