import { severities } from '../severities.js';
import type { Alert } from './alert.js';
import { each } from './expressions.js';

/** What servers do by themselves, and whether all this is seen. */
export const workAlerts = {
  PomeloCronFailed: {
    expression: `${each('increase(pomelo_cron_failures_total[15m])')} > 0`,
    for: '0s',
    severity: severities.PomeloCronFailed,
    text: {
      summary: 'A cron of {{ $labels.server }} has failed.',
      means: 'What it was to do at that time is not done.',
      look: '`pomelo-ts logs SERVER`: which cron, and why; `pomelo-ts top --once --view crons`.',
      act: 'Mend its code, and do by hand what it has left out.',
    },
  },
  PomeloCronMissed: {
    expression: `${each('increase(pomelo_cron_missed_total[15m])')} + ${each('increase(pomelo_cron_skipped_total[15m])')} > 0`,
    for: '0s',
    severity: severities.PomeloCronMissed,
    text: {
      summary: 'Crons of {{ $labels.server }} were left out.',
      means: 'Their time was over (the process or its machine stood still), or the run before still worked.',
      look: '`pomelo-ts top --once --view crons` tells missed from skipped; `pomelo-ts logs SERVER`.',
      act: 'Skipped: make the cron shorter or rarer. Missed: what held the process up?',
    },
  },
  PomeloCronWithoutLease: {
    expression: `${each('increase(pomelo_cron_unleased_total[15m])')} > 0`,
    for: '0s',
    severity: severities.PomeloCronWithoutLease,
    text: {
      summary: 'Crons of {{ $labels.server }} could not get their lease.',
      means:
        'Crons that run once in the cluster have not run: their server cannot reach the master or the store.',
      look: '`pomelo-ts doctor`; does a master lead? The log of the server.',
      act: 'Mend master or store; do by hand what was left out.',
    },
  },
  PomeloLeaseLost: {
    expression: `${each('increase(pomelo_lease_lost_total[15m])')} > 0`,
    for: '0s',
    severity: severities.PomeloLeaseLost,
    text: {
      summary: '{{ $labels.server }} has lost a lease.',
      means: 'What it alone was to do has stopped there, and another server does it, or nobody.',
      look: '`pomelo-ts logs SERVER`: which lease, and why; does its link come and go, or its event loop stand?',
      act: 'Mend the network to the master, or take load off the server. What needs the lease must take it again.',
    },
  },
  PomeloSessionsLost: {
    expression: `${each('increase(pomelo_session_lost_moves_total[15m])')} > 0`,
    for: '0s',
    severity: severities.PomeloSessionsLost,
    text: {
      summary: 'Sessions of players were lost between two frontends.',
      means: 'Players who were moved have to sign in again.',
      look: '`pomelo-ts logs` of the frontends at that time; did one end or hang while it moved them?',
      act: 'Mend what ended it. Players come back by themselves.',
    },
  },
  PomeloServerUntold: {
    expression: `pomelo:server_up == 1 unless on (job, server) process_start_time_seconds{server!=""}`,
    for: '5m',
    severity: severities.PomeloServerUntold,
    text: {
      summary: '{{ $labels.server }} serves, and its measures do not come.',
      means: 'Other alerts are blind for this server.',
      look: '`pomelo_exposition_left_out`; `pomelo-ts logs SERVER`; does its build fit that of the master?',
      act: 'Restart it with the build of the master: `pomelo-ts restart SERVER`. Where too much is measured, read its own port: `opsPort`.',
    },
  },
  PomeloScrapeFailing: {
    expression: 'up == 0 and on (job, instance) last_over_time(pomelo_exposition_left_out[1h])',
    for: '5m',
    severity: severities.PomeloScrapeFailing,
    text: {
      summary: '{{ $labels.instance }} was read within the last hour, and cannot be now.',
      means: 'Its host, its process or the way there is gone: what it told is not seen.',
      look: '`curl INSTANCE/healthz` from the host of Prometheus; the targets page of Prometheus tells its error.',
      act: 'Mend host or firewall. After a change of the leading master, or when you stopped the server: nothing.',
    },
  },
  PomeloMeasuresLeftOut: {
    expression: 'pomelo_exposition_left_out > 0',
    for: '15m',
    severity: severities.PomeloMeasuresLeftOut,
    text: {
      summary: '{{ $value }} numbers of {{ $labels.instance }} are not told.',
      means: 'There are more than 100,000, or a name means two things: some figures and alerts are wrong.',
      look: 'Which measure has most series: `topk(10, count by (__name__) ({server!=""}))`. Do two builds of the game run?',
      act: 'Measure less by label, or read servers at ports of their own: `opsPort` in servers.json5.',
    },
  },
} as const satisfies Readonly<Record<string, Alert>>;
