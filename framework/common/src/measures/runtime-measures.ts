import type { HandlesOf, MeasureTable } from './measures.js';

/** Percentiles of the delays of an event loop that are told: 100 is the longest. (A label `quantile` is for summaries alone.) */
export const loopPercentiles = ['50', '90', '99', '100'] as const;

/** Kinds of garbage collections. */
export const gcKinds = ['minor', 'major', 'incremental', 'weakCallbacks'] as const;

/** What every process of the cluster tells of its engine and of what it takes of its machine. Names of processes are those that Prometheus gives. */
export const runtimeMeasures = {
  cpuSeconds: {
    kind: 'counter',
    name: 'process.cpu',
    unit: 'seconds',
    standard: true,
    help: 'Processor time that the process has used, its own and that of the system for it.',
  },
  residentBytes: {
    kind: 'gauge',
    name: 'process.residentMemory',
    unit: 'bytes',
    standard: true,
    help: 'Memory of the process that is in use (RSS).',
  },
  openFiles: {
    kind: 'gauge',
    name: 'process.openFds',
    standard: true,
    help: 'Files and sockets that the process has open, as of the last 10 seconds.',
  },
  mostFiles: {
    kind: 'gauge',
    name: 'process.maxFds',
    standard: true,
    help: 'Files and sockets that the process may have open.',
  },
  startTime: {
    kind: 'gauge',
    name: 'process.startTime',
    unit: 'seconds',
    standard: true,
    help: 'When the process began, in seconds since 1970.',
  },
  loopDelay: {
    kind: 'gauge',
    name: 'eventloop.delay',
    unit: 'seconds',
    help: 'How late the event loop came to what was due, over the last 5 to 10 seconds.',
    closed: { label: 'percentile', values: loopPercentiles },
  },
  loopUtilization: {
    kind: 'gauge',
    name: 'eventloop.utilization',
    help: 'Share of its time for which the event loop worked, since the last look.',
  },
  gcDuration: {
    kind: 'histogram',
    name: 'gc.duration',
    unit: 'seconds',
    help: 'Pauses by collections of garbage.',
    closed: { label: 'kind', values: gcKinds },
  },
  heapUsed: {
    kind: 'gauge',
    name: 'heap.used',
    unit: 'bytes',
    help: 'Memory that objects use, by the parts of the heap.',
    open: { label: 'space', most: 20 },
  },
  heapLimit: {
    kind: 'gauge',
    name: 'heap.limit',
    unit: 'bytes',
    help: 'Size of the heap at which the process would be out of memory.',
  },
} as const satisfies MeasureTable;

/** Handles of {@link runtimeMeasures}. */
export type RuntimeMeasures = HandlesOf<typeof runtimeMeasures>;
