import type { MeasureTable } from '@pomelo-ts/common';

/** What a server counts of its tracing; all 0 where that is off. */
export const traceMeasures = {
  traceLeftOut: {
    kind: 'counter',
    name: 'trace.leftOut',
    help: 'Spans that were not begun, as too many were open.',
  },
  traceOverdue: {
    kind: 'counter',
    name: 'trace.overdue',
    help: 'Spans that were ended as they had been open for longer than what they stand for may take.',
  },
  traceKept: {
    kind: 'counter',
    name: 'trace.kept',
    help: 'Spans of requests that the sampler had left out, made when these had failed or were slow.',
  },
  traceNotKept: {
    kind: 'counter',
    name: 'trace.notKept',
    help: 'Requests that failed or were slow and have no span, as there were more in a second than tracing.kept.',
  },
  traceFailures: {
    kind: 'counter',
    name: 'trace.failures',
    help: 'Calls of the OpenTelemetry SDK of the game that threw.',
  },
} as const satisfies MeasureTable;
