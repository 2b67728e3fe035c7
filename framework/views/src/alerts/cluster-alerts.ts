import { severities } from '../severities.js';
import { thresholds } from '../thresholds.js';
import type { Alert } from './alert.js';
import { each } from './expressions.js';

const seen = each('pomelo_process_registry_revision');
const certificateLeft = `${each('pomelo_tls_certificate_expires_seconds', 'place')} - time()`;
const restarts = each('increase(pomelo_server_restarts_total[10m])', 'cause');

/** Servers, hosts and masters. */
export const clusterAlerts = {
  PomeloServerDown: {
    expression: `pomelo:server_wanted == 1 unless on (job, server) (pomelo:server_up == 1) unless on (job, server) (pomelo_server_state{state=~"starting|stopping"} == 1)`,
    for: '30s',
    severity: severities.PomeloServerDown,
    text: {
      summary: '{{ $labels.server }} at {{ $labels.host }} should run and does not.',
      means:
        'The server has ended, is lost or failed, and nobody starts it. Those of its players that no other server takes are out.',
      look: '`pomelo-ts list` tells how it ended; `pomelo-ts logs SERVER` its last words.',
      act: '`pomelo-ts start -i SERVER`. When it fails again, bring back the code or configuration before. `"auto-restart": true` in servers.json5 has the master do it.',
    },
  },
  PomeloServerStartsSlowly: {
    expression: `${each('pomelo_server_state{state=~"starting|stopping"}')} == 1`,
    for: '5m',
    severity: severities.PomeloServerStartsSlowly,
    text: {
      summary: '{{ $labels.server }} has been starting or stopping for five minutes.',
      means: 'It serves nobody meanwhile; others have its work.',
      look: '`pomelo-ts list`, then `pomelo-ts logs SERVER`: what does `onStart` or `onStop` of the game wait for?',
      act: 'Mend what it waits for, often a database. `pomelo-ts kill SERVER` ends one that does not stop.',
    },
  },
  PomeloServerDrains: {
    expression: `${each('pomelo_server_state{state="draining"}')} == 1`,
    for: '0s',
    severity: severities.PomeloServerDrains,
    // those of its type have more to do meanwhile, and it has fewer clients: as somebody wants it
    inhibits: { alerts: ['PomeloUneven', 'PomeloCpuHigh'], equal: ['job', 'type'] },
    text: {
      summary: '{{ $labels.server }} drains: it serves, and gets no new clients and no new work.',
      means:
        'Somebody has told it to. Meanwhile nobody is told that frontends of this type are uneven or that its servers are busy.',
      look: '`pomelo-ts list` shows who drains, `pomelo-ts audit` who has asked for it.',
      act: 'When it was forgotten: `pomelo-ts undrain SERVER`.',
    },
  },
  PomeloTypeGone: {
    expression:
      'sum by (job, type) (pomelo:server_wanted) > 0 and sum by (job, type) (pomelo:server_up) == 0',
    for: '1m',
    severity: severities.PomeloTypeGone,
    text: {
      summary: 'No server of type {{ $labels.type }} serves.',
      means: 'All that these servers do fails: requests to them are answered with an error.',
      look: '`pomelo-ts list`; `pomelo-ts logs` of one of them. Was something changed just now?',
      act: '`pomelo-ts start -t TYPE`. When all fail at once it is code, configuration or a store: bring back what was before.',
    },
  },
  PomeloHostDown: {
    expression:
      'sum by (job, host) (pomelo:server_wanted) > 1 and sum by (job, host) (pomelo:server_up) == 0',
    for: '1m',
    severity: severities.PomeloHostDown,
    inhibits: { alerts: ['PomeloServerDown', 'PomeloServerStartsSlowly'], equal: ['job', 'host'] },
    text: {
      summary: 'None of the servers at {{ $labels.host }} serves.',
      means: 'The host is down or cannot be reached, or all its servers have ended.',
      look: '`pomelo-ts doctor` asks each host; `pomelo-ts list` shows `lost` where nothing is heard.',
      act: 'Bring the host back: its servers are started when it answers. Or start as many elsewhere: `pomelo-ts add`.',
    },
  },
  PomeloMasterAbsent: {
    expression:
      '(group by (job) (last_over_time(pomelo_leader[6h])) unless on (job) (pomelo_leader == 1)) or on () absent(pomelo_leader)',
    for: '30s',
    severity: severities.PomeloMasterAbsent,
    text: {
      summary: 'No master leads.',
      means:
        'Players play on, but nobody starts crashed servers, lets new ones in or tells measures: other alerts are blind.',
      look: '`pomelo-ts list` on a host of a master; logs/master.log there. Does Prometheus reach `opsPort`? `curl HOST:PORT/readyz`.',
      act: '`pomelo-ts start -D` on a host of a master: it adopts the servers that run.',
    },
  },
  PomeloTwoLeaders: {
    expression: 'count by (job) (max by (job, server, host) (pomelo_leader) == 1) > 1',
    for: '30s',
    severity: severities.PomeloTwoLeaders,
    text: {
      summary: '{{ $value }} masters say that they lead.',
      means:
        'Servers obey the higher term alone. One master hangs or is cut off, or two clusters are read as one job.',
      look: '`pomelo_leader` with its terms; `pomelo-ts doctor` on both hosts. Do two games share a job of Prometheus?',
      act: 'End the process of the lower term. Give each game a job of its own.',
    },
  },
  PomeloRegistrySplit: {
    // what changes is on its way: a scrape may show it late
    expression: `${seen} != on (job) group_left () max by (job) (pomelo_registry_revision) and on (job, server) ${each('changes(pomelo_process_registry_revision[2m])')} == 0`,
    for: '1m',
    severity: severities.PomeloRegistrySplit,
    text: {
      summary: '{{ $labels.server }} does not know who is in the cluster now.',
      means: 'It sends players and calls to servers that are gone, or not to those that have come.',
      look: '`pomelo-ts list`: does its link stand? `pomelo_process_registry_revision` beside `pomelo_registry_revision`; `pomelo-ts logs SERVER`.',
      act: 'Mend the network to the master. When its link stands: `pomelo-ts restart SERVER`.',
    },
  },
  PomeloCrashLoop: {
    // `increase` tells of 3 a little more or less
    expression: `sum by (job, server, type, host) (${restarts}) > ${thresholds.crashes - 0.5}`,
    for: '0s',
    severity: severities.PomeloCrashLoop,
    text: {
      summary: '{{ $labels.server }} has crashed {{ $value | printf "%.0f" }} times in 10 minutes.',
      means: 'Its players are thrown out again and again.',
      look: '`pomelo-ts logs SERVER`: the error before each end. `pomelo_server_restarts_total` tells whether memory, a signal or the code ended it.',
      act: 'Bring back the code before. `pomelo-ts drain SERVER` keeps new players away; `pomelo-ts stop SERVER` ends the loop.',
    },
  },
  PomeloLinkFlaps: {
    expression: `${each('changes(pomelo_link_up[15m])')} > ${thresholds.linkChanges}`,
    for: '0s',
    severity: severities.PomeloLinkFlaps,
    text: {
      summary: 'The link of {{ $labels.server }} has come and gone {{ $value }} times in 15 minutes.',
      means: 'The network to the master fails, or one of the two processes hangs at times.',
      look: '`pomelo-ts doctor`; the event loops of the master and of the server; `pomelo-ts logs SERVER`.',
      act: 'Mend the network between the hosts, or take load off the one that hangs.',
    },
  },
  PomeloWrongProofs: {
    expression: `${each('increase(pomelo_link_wrong_proofs_total[15m])')} > ${thresholds.wrongProofs}`,
    for: '0s',
    severity: severities.PomeloWrongProofs,
    text: {
      summary: 'Somebody dials the master with another secret.',
      means: 'A server or operator has an old secret, or a stranger tries.',
      look: 'logs/master.log tells from which address; `pomelo-ts doctor` whether hosts have the same secret.',
      act: 'Give the host the secret, or close the port of the master to that address.',
    },
  },
  PomeloAdminSignInFailures: {
    // a rate over two minutes has two samples of any scrape interval up to a minute
    expression: `60 * sum by (job) (${each('rate(pomelo_admin_sign_in_failures_total[2m])', 'reason')}) > ${thresholds.signInFailures}`,
    for: '0s',
    severity: severities.PomeloAdminSignInFailures,
    text: {
      summary: '{{ $value | printf "%.0f" }} tries to sign in to the admin fail each minute.',
      means:
        'Somebody guesses passwords, or a program has an old one. Nobody gets in by that, and whoever fails must wait longer and longer.',
      look: 'logs/master.log tells from which addresses; `pomelo-ts account` who is locked; `pomelo_admin_sign_in_failures_total` by `reason`: `code` means that somebody has a right password.',
      act: 'Close the port of the admin to that address. With `code` among the reasons: `pomelo-ts account change NAME --disabled yes`, then `pomelo-ts account link NAME` for its owner.',
    },
  },
  PomeloAuditWriteFailed: {
    expression: `${each('increase(pomelo_audit_unwritten_total[15m])')} > 0`,
    for: '0s',
    severity: severities.PomeloAuditWriteFailed,
    text: {
      summary: 'The audit log of {{ $labels.server }} cannot be written.',
      means: 'What cannot be written down is refused: nobody can start, stop or change anything.',
      look: 'logs/master.log; `df` of the disk of the game; owner and mode of .pomelo-ts/audit.',
      act: 'Make room, or give the folder back to the user of the master. Never cut a file of the log: `pomelo-ts audit verify` would tell.',
    },
  },
  PomeloCertExpires: {
    expression: `${certificateLeft} < ${thresholds.certificateWarnSeconds}`,
    for: '1h',
    severity: severities.PomeloCertExpires,
    text: {
      summary:
        'The TLS certificate of {{ $labels.place }} at {{ $labels.host }} ends in {{ $value | humanizeDuration }}.',
      means: 'Nothing is wrong yet. When it has ended, browsers and programs do not connect any more.',
      look: 'What renews it, as certbot does, and its log: has it failed? `openssl x509 -enddate -noout -in CERT`.',
      act: 'Put new files where `admin.tls` in master.json5 names them: they are taken within half a minute, without a restart. `pomelo-ts logs master` says so, or why not.',
    },
  },
  PomeloCertExpiresSoon: {
    expression: `${certificateLeft} < ${thresholds.certificatePageSeconds}`,
    for: '10m',
    severity: severities.PomeloCertExpiresSoon,
    inhibits: { alerts: ['PomeloCertExpires'], equal: ['job', 'server', 'place'] },
    text: {
      summary:
        'The TLS certificate of {{ $labels.place }} at {{ $labels.host }} ends in {{ $value | humanizeDuration }}.',
      means:
        'In two days at most nobody gets to the admin; a time below zero says that it has ended. The game goes on, and so does the command line.',
      look: '`pomelo-ts logs master`: were new files refused, as they do not belong together? `openssl x509 -enddate -noout -in CERT`.',
      act: 'Renew it by hand, and put certificate and key where `admin.tls` in master.json5 names them.',
    },
  },
  PomeloClockSkew: {
    expression: `max by (job, host) (abs(${each('pomelo_host_clock_skew_seconds')})) > ${thresholds.clockSkewSeconds}`,
    for: '5m',
    severity: severities.PomeloClockSkew,
    text: {
      summary:
        "The clock of {{ $labels.host }} differs from the master's by {{ $value | humanizeDuration }}.",
      means:
        'Crons run at the wrong time there, times of logs do not fit together, and codes of second factors may be refused.',
      look: '`pomelo-ts doctor` tells which way; `timedatectl` or `chronyc tracking` on both hosts.',
      act: 'Have a service set the clock, as chrony or systemd-timesyncd do, on all hosts by the same source.',
    },
  },
  PomeloStoreDown: {
    // also masters that stand by tell it; one that leads does no more once its lease is over
    expression: `${each('pomelo_store_up', 'store')} == 0`,
    for: '1m',
    severity: severities.PomeloStoreDown,
    text: {
      summary: '{{ $labels.store }} does not answer the master at {{ $labels.host }}.',
      means:
        'Players play on. Of a store that answers nobody the lease of the leading master runs out: then none leads, nothing is started or changed, and leases and accounts are as they were.',
      look: '`pomelo-ts doctor` on a host of a master asks each member; `etcdctl endpoint status --cluster`. Do all masters tell it, or the one whose network is cut?',
      act: 'Bring back most of its members, or the way to them. A master leads again by itself.',
    },
  },
} as const satisfies Readonly<Record<string, Alert>>;
