import type { MeasureTable } from '@pomelo-ts/common';

/** What a server counts of its sessions, leases, crons and of its own life. */
export const serviceMeasures = {
  sessionRefused: {
    kind: 'counter',
    name: 'session.refused',
    help: 'Sessions that a frontend told of beyond what any can have.',
  },
  sessionMoves: {
    kind: 'counter',
    name: 'session.moves',
    help: 'Sessions that have come from another frontend.',
  },
  sessionLostMoves: {
    kind: 'counter',
    name: 'session.lostMoves',
    help: 'Sessions that their frontend had given away, and that no other one said in time to have.',
  },
  sessionFailedListeners: {
    kind: 'counter',
    name: 'session.failedListeners',
    help: 'Listeners of sessions that threw.',
  },
  directoryRefused: {
    kind: 'counter',
    name: 'directory.refused',
    help: 'What other servers told a home of uids that makes no sense, or beyond what any can have.',
  },
  cronRuns: { kind: 'counter', name: 'cron.runs', help: 'Runs of crons that ended well.' },
  cronFailures: { kind: 'counter', name: 'cron.failures', help: 'Runs of crons that threw.' },
  cronLate: { kind: 'counter', name: 'cron.late', help: 'Runs of crons that began more than a second late.' },
  cronSkipped: {
    kind: 'counter',
    name: 'cron.skipped',
    help: 'Runs of crons left out because the one before still worked.',
  },
  cronMissed: {
    kind: 'counter',
    name: 'cron.missed',
    help: 'Runs of crons left out because their time was over.',
  },
  cronElsewhere: {
    kind: 'counter',
    name: 'cron.elsewhere',
    help: 'Times of crons that run once in the cluster at which another server had the run.',
  },
  cronUnleased: {
    kind: 'counter',
    name: 'cron.unleased',
    help: 'Runs of crons left out because the lease that they need could not be had.',
  },
  leaseLost: {
    kind: 'counter',
    name: 'lease.lost',
    help: 'Leases that this server held and has lost: another may have them, or the master did not answer in time.',
  },
  lifecycleFailures: {
    kind: 'counter',
    name: 'lifecycle.failures',
    help: 'Hooks, onStop and dispose of the game that failed or took too long.',
  },
  processUncaughtRefusals: {
    kind: 'counter',
    name: 'process.uncaughtRefusals',
    help: 'Rejections by the framework that the game did not catch.',
  },
  processUnhandledRejections: {
    kind: 'counter',
    name: 'process.unhandledRejections',
    help: 'Other promises of the game that rejected with nobody to hear it.',
  },
} as const satisfies MeasureTable;
