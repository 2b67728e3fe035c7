import type { AlertName } from '../../framework/views/src/alerts.js';

/** Series by their names, with values as `promtool test rules` reads them: `0+1x10` begins at 0 and rises ten times by 1. */
type InputSeries = Readonly<Record<string, string>>;

/** What makes an alert fire, until it does no more; and what is as near to that as may be, and does not. */
export interface AlertCase {
  /** Time between two values; 30 s unless it is said. */
  readonly every?: string;
  readonly breaks: InputSeries;
  /** In whole minutes: when it fires, and when it is over. */
  readonly at: number;
  readonly over: number;
  readonly labels: Readonly<Record<string, string>>;
  /** How the value stands in the summary. */
  readonly value?: string;
  readonly holds: InputSeries;
}

const ofServer = 'job="game",server="chat-1",type="chat",host="h1"';
const other = 'job="game",server="chat-2",type="chat",host="h1"';
const front = 'job="game",server="connector-1",type="connector",host="h1"';
const front2 = 'job="game",server="connector-2",type="connector",host="h2"';
const master = 'job="game",server="master",type="master",host="h1"';
const labels = { job: 'game', server: 'chat-1', type: 'chat', host: 'h1' };
const connector = { job: 'game', server: 'connector-1', type: 'connector', host: 'h1' };
const job = { job: 'game' };
const admin = { job: 'game', server: 'master', type: 'master', host: 'h1', place: 'admin' };
const target = 'job="game",instance="h1:9300"';

/** A counter that rises once, seen for 15 minutes. */
const counted = (metric: string, others: InputSeries = {}) =>
  ({
    breaks: { [`${metric}{${ofServer}}`]: '0+0x10 1+0x60', ...others },
    holds: { [`${metric}{${ofServer}}`]: '5+0x70', ...others },
    ...{ at: 8, over: 25, labels },
  }) satisfies AlertCase;

const requests = (each: number) => ({
  [`pomelo_request_duration_seconds_count{${front},route="chat.send",code_class="ok"}`]: `0+${each}x400`,
});
const times = (within: string) => ({
  [`pomelo_request_duration_seconds_bucket{${front},route="chat.send",code_class="ok",le="0.5"}`]: within,
  [`pomelo_request_duration_seconds_bucket{${front},route="chat.send",code_class="ok",le="1"}`]: '0+60x100',
  [`pomelo_request_duration_seconds_bucket{${front},route="chat.send",code_class="ok",le="+Inf"}`]:
    '0+60x100',
  ...requests(60),
});
const calls = (late: string, well: string) => ({
  [`pomelo_rpc_client_duration_seconds_count{${ofServer},method="room.join",code_class="timeout"}`]: late,
  [`pomelo_rpc_client_duration_seconds_count{${ofServer},method="room.join",code_class="ok"}`]: well,
});

/** A case of each alert. */
export const alertCases: Readonly<Record<AlertName, AlertCase>> = {
  PomeloServerDown: {
    breaks: {
      [`pomelo_server_wanted{${ofServer}}`]: '1+0x40',
      [`pomelo_server_up{${ofServer}}`]: '1+0x4 0+0x10 1+0x30',
    },
    ...{ at: 4, over: 10, labels },
    holds: {
      [`pomelo_server_wanted{${ofServer}}`]: '0+0x40',
      [`pomelo_server_up{${ofServer}}`]: '1+0x4 0+0x40',
      [`pomelo_server_wanted{${other}}`]: '1+0x40',
      [`pomelo_server_up{${other}}`]: '1+0x4 0+0x10 1+0x30',
      [`pomelo_server_state{${other},state="starting"}`]: '0+0x4 1+0x10 0+0x30',
    },
  },
  PomeloServerStartsSlowly: {
    breaks: { [`pomelo_server_state{${ofServer},state="starting"}`]: '0+0x2 1+0x14 0+0x20' },
    ...{ at: 7, over: 12, labels },
    holds: { [`pomelo_server_state{${ofServer},state="starting"}`]: '0+0x2 1+0x9 0+0x20' },
  },
  PomeloServerDrains: {
    breaks: { [`pomelo_server_state{${ofServer},state="draining"}`]: '0+0x4 1+0x10 0+0x30' },
    ...{ at: 4, over: 10, labels },
    holds: { [`pomelo_server_state{${ofServer},state="stopping"}`]: '0+0x4 1+0x10 0+0x30' },
  },
  PomeloTypeGone: {
    breaks: {
      [`pomelo_server_wanted{${ofServer}}`]: '1+0x40',
      [`pomelo_server_wanted{${other}}`]: '1+0x40',
      [`pomelo_server_up{${ofServer}}`]: '1+0x4 0+0x10 1+0x30',
      [`pomelo_server_up{${other}}`]: '1+0x4 0+0x10 1+0x30',
    },
    ...{ at: 4, over: 10, labels: { job: 'game', type: 'chat' } },
    holds: {
      [`pomelo_server_wanted{${ofServer}}`]: '1+0x40',
      [`pomelo_server_wanted{${other}}`]: '1+0x40',
      [`pomelo_server_up{${ofServer}}`]: '1+0x4 0+0x40',
      [`pomelo_server_up{${other}}`]: '1+0x40',
    },
  },
  PomeloHostDown: {
    breaks: {
      [`pomelo_server_wanted{${ofServer}}`]: '1+0x40',
      [`pomelo_server_wanted{${front}}`]: '1+0x40',
      [`pomelo_server_wanted{${front2}}`]: '1+0x40',
      [`pomelo_server_up{${ofServer}}`]: '1+0x4 0+0x10 1+0x30',
      [`pomelo_server_up{${front}}`]: '1+0x4 0+0x10 1+0x30',
      [`pomelo_server_up{${front2}}`]: '1+0x40',
    },
    ...{ at: 4, over: 10, labels: { job: 'game', host: 'h1' } },
    holds: {
      [`pomelo_server_wanted{${ofServer}}`]: '1+0x40',
      [`pomelo_server_wanted{${front}}`]: '1+0x40',
      [`pomelo_server_up{${ofServer}}`]: '1+0x4 0+0x40',
      [`pomelo_server_up{${front}}`]: '1+0x40',
    },
  },
  PomeloMasterAbsent: {
    breaks: { [`pomelo_leader{${master},term="1"}`]: '1+0x4 stale _x9 1+0x30' },
    ...{ at: 4, over: 10, labels: job },
    holds: {
      [`pomelo_leader{${master},term="1"}`]: '1+0x4 stale _x40',
      [`pomelo_leader{job="game",server="master-2",type="master",host="h2",term="2"}`]: '_x5 1+0x40',
    },
  },
  PomeloTwoLeaders: {
    breaks: {
      [`pomelo_leader{${master},term="1"}`]: '1+0x14 stale _x20',
      [`pomelo_leader{job="game",server="master-2",type="master",host="h2",term="2"}`]: '_x5 1+0x40',
    },
    ...{ at: 5, over: 10, labels: job, value: '2' },
    holds: {
      [`pomelo_leader{${master},term="1"}`]: '1+0x14 stale _x20',
      [`pomelo_leader{${master},term="2"}`]: '_x5 1+0x40',
    },
  },
  PomeloRegistrySplit: {
    breaks: {
      [`pomelo_registry_revision{${master}}`]: '5+0x9 6+0x60',
      [`pomelo_process_registry_revision{${ofServer}}`]: '5+0x30 6+0x40',
      [`pomelo_process_registry_revision{${other}}`]: '5+0x9 6+0x60',
    },
    ...{ at: 8, over: 18, labels },
    holds: {
      // it is told of each change a little late, for as long as there are any
      [`pomelo_registry_revision{${master}}`]: '2+1x60 62+0x20',
      [`pomelo_process_registry_revision{${ofServer}}`]: '1+1x61 62+0x20',
    },
  },
  PomeloCrashLoop: {
    breaks: { [`pomelo_server_restarts_total{${ofServer},cause="exit"}`]: '0+0x20 1 2 3+0x60' },
    ...{ at: 12, over: 25, labels, value: '3' },
    holds: { [`pomelo_server_restarts_total{${ofServer},cause="exit"}`]: '0+0x20 1 2+0x60' },
  },
  PomeloLinkFlaps: {
    breaks: { [`pomelo_link_up{${ofServer}}`]: '0 0 0 1 0 1 0 1 0 1+0x60' },
    ...{ at: 7, over: 25, labels, value: '7' },
    holds: { [`pomelo_link_up{${ofServer}}`]: '1 1 1 1 0 1 0 1 0 1+0x60' },
  },
  PomeloWrongProofs: {
    breaks: { [`pomelo_link_wrong_proofs_total{${ofServer}}`]: '0+0x10 4+0x60' },
    ...{ at: 8, over: 25, labels },
    holds: { [`pomelo_link_wrong_proofs_total{${ofServer}}`]: '0+0x10 2+0x60' },
  },
  PomeloAdminSignInFailures: {
    breaks: {
      [`pomelo_admin_sign_in_failures_total{${master},reason="password"}`]: '0+9x20 180+0x60',
      [`pomelo_admin_sign_in_failures_total{${master},reason="early"}`]: '0+6x20 120+0x60',
    },
    ...{ at: 5, over: 15, labels: job, value: '30' },
    holds: {
      [`pomelo_admin_sign_in_failures_total{${master},reason="password"}`]: '0+5x80',
      [`pomelo_admin_sign_in_failures_total{${master},reason="early"}`]: '0+4x80',
    },
  },
  PomeloAuditWriteFailed: counted('pomelo_audit_unwritten_total'),
  PomeloCertExpires: {
    // 13 days are left, until it is renewed
    breaks: {
      [`pomelo_tls_certificate_expires_seconds{${master},place="admin"}`]: '1123200+0x140 9000000+0x60',
    },
    ...{ at: 65, over: 80, labels: admin, value: '12d 22h 55m 0s' },
    holds: { [`pomelo_tls_certificate_expires_seconds{${master},place="admin"}`]: '1300000+0x200' },
  },
  PomeloCertExpiresSoon: {
    breaks: {
      [`pomelo_tls_certificate_expires_seconds{${master},place="admin"}`]: '86400+0x40 9000000+0x60',
    },
    ...{ at: 12, over: 25, labels: admin, value: '23h 48m 0s' },
    holds: { [`pomelo_tls_certificate_expires_seconds{${master},place="admin"}`]: '180000+0x100' },
  },
  PomeloClockSkew: {
    breaks: {
      [`pomelo_host_clock_skew_seconds{${ofServer}}`]: '0.1+0x4 -0.75+0x20 0+0x40',
      [`pomelo_host_clock_skew_seconds{${front2}}`]: '0.5+0x80',
    },
    ...{ at: 9, over: 16, labels: { job: 'game', host: 'h1' }, value: '750ms' },
    holds: { [`pomelo_host_clock_skew_seconds{${ofServer}}`]: '-0.5+0x10 -3+0x6 0.5+0x80' },
  },
  PomeloStoreDown: {
    breaks: {
      [`pomelo_store_up{${master},store="etcd"}`]: '1+0x4 0+0x10 1+0x30',
      [`pomelo_store_up{job="game",server="master",type="master",host="h2",store="etcd"}`]: '1+0x60',
    },
    ...{
      at: 4,
      over: 10,
      labels: { job: 'game', server: 'master', type: 'master', host: 'h1', store: 'etcd' },
    },
    // away for a moment
    holds: { [`pomelo_store_up{${master},store="etcd"}`]: '1+0x4 0+0x1 1+0x40' },
  },
  PomeloOnlineDrop: {
    breaks: { [`pomelo_client_connected{${front}}`]: '1000+0x30 750+0x60' },
    ...{ at: 19, over: 28, labels: job, value: '75%' },
    holds: {
      [`pomelo_client_connected{${front}}`]: '1000+0x30 810+0x60',
      'pomelo_client_connected{job="small",server="connector-1",type="connector",host="h1"}':
        '200+0x30 0+0x60',
    },
  },
  PomeloOnlineJump: {
    breaks: { [`pomelo_client_connected{${front}}`]: '1000+0x30 1300+0x60' },
    ...{ at: 19, over: 28, labels: job, value: '130%' },
    holds: { [`pomelo_client_connected{${front}}`]: '1000+0x30 1190+0x60' },
  },
  PomeloHandshakesRefused: {
    breaks: {
      [`pomelo_client_refused_total{${front},reason="full"}`]: '0+3x60 180+0x60',
      [`pomelo_client_connections_total{${front}}`]: '0+27x120',
    },
    ...{ at: 10, over: 40, labels: { job: 'game', reason: 'full' }, value: '10%' },
    holds: {
      [`pomelo_client_refused_total{${front},reason="full"}`]: '0+4x120',
      [`pomelo_client_connections_total{${front}}`]: '0+96x120',
    },
  },
  PomeloHandshakesFail: {
    breaks: {
      [`pomelo_client_handshakes_total{${front},result="failed"}`]: '0+6x60 360+0x60',
      [`pomelo_client_handshakes_total{${front},result="ok"}`]: '0+54x120',
    },
    ...{ at: 10, over: 40, labels: { job: 'game', result: 'failed' }, value: '10%' },
    holds: {
      // few of many, and most of a few
      [`pomelo_client_handshakes_total{${front},result="failed"}`]: '0+4x120',
      [`pomelo_client_handshakes_total{${front},result="ok"}`]: '0+96x120',
      [`pomelo_client_handshakes_total{${front.replace('game', 'small')},result="refused"}`]: '0+1.9x120',
      [`pomelo_client_handshakes_total{${front.replace('game', 'small')},result="ok"}`]: '0+1x120',
    },
  },
  PomeloUneven: {
    breaks: {
      [`pomelo_client_connected{${front}}`]: '150+0x80 100+0x40',
      [`pomelo_client_connected{${front2}}`]: '70+0x120',
    },
    ...{ at: 35, over: 45, labels: { job: 'game', type: 'connector' }, value: '1.4' },
    holds: {
      [`pomelo_client_connected{${front}}`]: '129+0x120',
      [`pomelo_client_connected{${front2}}`]: '71+0x120',
    },
  },
  PomeloDeliveryProbe: {
    breaks: { [`pomelo_client_probe_failing{${front},connector="connector-1"}`]: '0+0x10 1+0x30 0+0x40' },
    ...{ at: 8, over: 24, labels: { job: 'game', connector: 'connector-1' }, value: '1' },
    holds: { [`pomelo_client_probe_failing{${front},connector="connector-1"}`]: '0+0x10 1+0x1 0+0x60' },
  },
  PomeloErrorBudgetFast: {
    breaks: {
      [`pomelo_request_failures_total{${ofServer}}`]: '0+1x180 180+0x220',
      [`pomelo_request_unserved_total{${ofServer},code="RPC_TIMEOUT"}`]: '0+1x180 180+0x220',
      ...requests(100),
    },
    ...{ at: 10, over: 100, labels: job, value: '2%' },
    holds: { [`pomelo_request_failures_total{${ofServer}}`]: '0+14x400', ...requests(1000) },
  },
  PomeloErrorBudgetSlow: {
    breaks: { [`pomelo_request_failures_total{${ofServer}}`]: '0+8x180 1440+0x220', ...requests(1000) },
    ...{ at: 40, over: 130, labels: job, value: '0.8%' },
    holds: { [`pomelo_request_failures_total{${ofServer}}`]: '0+5x400', ...requests(1000) },
  },
  PomeloLatency: {
    breaks: times('0+30x40 1200+60x60'),
    ...{ at: 10, over: 35, labels: { job: 'game', type: 'connector' }, value: '990ms' },
    holds: times('0+60x100'),
  },
  PomeloRouteSlow: {
    breaks: times('0+30x40 1200+60x60'),
    ...{ at: 14, over: 35, labels: { job: 'game', route: 'chat.send' }, value: '990ms' },
    holds: times('0+60x100'),
  },
  PomeloCallsFail: {
    breaks: calls('0+6x40 240+0x60', '0+54x100'),
    ...{ at: 10, over: 35, labels, value: '10%' },
    holds: calls('0+4x100', '0+96x100'),
  },
  PomeloConnectionsBreak: {
    breaks: { [`pomelo_rpc_lost_connections_total{${ofServer}}`]: '0+0x10 8+0x60' },
    ...{ at: 8, over: 25, labels, value: '8' },
    holds: { [`pomelo_rpc_lost_connections_total{${ofServer}}`]: '0+0x10 5+0x60' },
  },
  PomeloBackendsOverloaded: {
    breaks: {
      [`pomelo_forward_overloaded_total{${ofServer}}`]: '0+1x30 30+0x60',
      [`pomelo_forward_refused_total{${ofServer}}`]: '0+0x90',
    },
    ...{ at: 8, over: 22, labels },
    holds: {
      [`pomelo_forward_overloaded_total{${ofServer}}`]: '9+0x90',
      [`pomelo_forward_refused_total{${ofServer}}`]: '9+0x90',
    },
  },
  PomeloSendQueueGrows: {
    breaks: { [`pomelo_send_queue_bytes{${front}}`]: '50000000+60000000x24 0+0x60' },
    ...{ at: 10, over: 25, labels: connector, value: '1.907Mi' },
    holds: {
      // below the bytes, and above them without growth
      [`pomelo_send_queue_bytes{${front}}`]: '60000000+0x90',
      [`pomelo_send_queue_bytes{${front2}}`]: '640000000+0x90',
    },
  },
  PomeloPushesDropped: {
    breaks: {
      [`pomelo_push_dropped_total{${front},cause="slow"}`]: '0+30x40 1200+0x60',
      [`pomelo_push_dropped_total{${front},cause="absent"}`]: '0+30x40 1200+0x60',
      [`pomelo_push_fanout_sum{${front}}`]: '0+1140x100',
    },
    ...{ at: 10, over: 35, labels: connector, value: '5%' },
    holds: {
      [`pomelo_push_dropped_total{${front},cause="slow"}`]: '0+9x100',
      [`pomelo_push_dropped_total{${front},cause="unsent"}`]: '0+900x100',
      [`pomelo_push_fanout_sum{${front}}`]: '0+991x100',
      // half of them, of hardly any
      [`pomelo_push_dropped_total{${front2},cause="slow"}`]: '0+100x100',
      [`pomelo_push_fanout_sum{${front2}}`]: '0+100x100',
    },
  },
  PomeloEventLoopSlow: {
    breaks: {
      [`pomelo_eventloop_delay_seconds{${ofServer},percentile="99"}`]: '0.05+0x4 0.2+0x20 0.05+0x20',
    },
    ...{ at: 6, over: 16, labels, value: '200ms' },
    holds: {
      [`pomelo_eventloop_delay_seconds{${ofServer},percentile="99"}`]: '0.1+0x60',
      [`pomelo_eventloop_delay_seconds{${ofServer},percentile="100"}`]: '0.9+0x60',
    },
  },
  PomeloEventLoopStuck: {
    breaks: {
      [`pomelo_eventloop_delay_seconds{${ofServer},percentile="99"}`]: '0.05+0x4 0.6+0x20 0.05+0x20',
    },
    ...{ at: 6, over: 16, labels, value: '600ms' },
    holds: { [`pomelo_eventloop_delay_seconds{${ofServer},percentile="99"}`]: '0.5+0x60' },
  },
  PomeloHeapHigh: {
    breaks: {
      [`pomelo_heap_used_bytes{${ofServer},space="old"}`]: '85+0x40 50+0x20',
      [`pomelo_heap_used_bytes{${ofServer},space="new"}`]: '5+0x60',
      [`pomelo_heap_limit_bytes{${ofServer}}`]: '100+0x60',
    },
    ...{ at: 12, over: 25, labels, value: '90%' },
    holds: {
      [`pomelo_heap_used_bytes{${ofServer},space="old"}`]: '80+0x60',
      [`pomelo_heap_limit_bytes{${ofServer}}`]: '100+0x60',
    },
  },
  PomeloHeapLeak: {
    every: '2m',
    breaks: {
      [`pomelo_heap_used_bytes{${ofServer},space="old"}`]: '100+5x100 100+0x140',
      [`pomelo_heap_limit_bytes{${ofServer}}`]: '1000+0x240',
    },
    ...{ at: 180, over: 420, labels },
    holds: {
      [`pomelo_heap_used_bytes{${ofServer},space="old"}`]: '100+2x240',
      [`pomelo_heap_limit_bytes{${ofServer}}`]: '1000+0x240',
    },
  },
  PomeloCpuHigh: {
    breaks: { [`process_cpu_seconds_total{${ofServer}}`]: '0+28.5x60 1710+0x60' },
    ...{ at: 15, over: 40, labels, value: '95%' },
    holds: {
      [`process_cpu_seconds_total{${ofServer}}`]: '0+26.7x120',
      'process_cpu_seconds_total{job="prometheus"}': '0+30x120',
    },
  },
  PomeloFilesHigh: {
    breaks: {
      [`process_open_fds{${ofServer}}`]: '85+0x20 50+0x40',
      [`process_max_fds{${ofServer}}`]: '100+0x60',
    },
    ...{ at: 8, over: 15, labels, value: '85%' },
    holds: {
      [`process_open_fds{${ofServer}}`]: '80+0x60',
      [`process_max_fds{${ofServer}}`]: '100+0x60',
    },
  },
  PomeloNoFiles: { ...counted('pomelo_process_no_files_total'), over: 15 },
  PomeloDiskLow: {
    // told once for all that write there; what does not answer is no number
    breaks: {
      [`pomelo_disk_free_bytes{${ofServer},disk="logs"}`]: '2147483648+0x4 524288000+0x20 2147483648+0x40',
      [`pomelo_disk_free_bytes{${other},disk="logs"}`]: '2147483648+0x4 536870912+0x20 2147483648+0x40',
      [`pomelo_disk_free_bytes{${ofServer},disk="state"}`]: 'NaN+0x80',
    },
    ...{ at: 6, over: 16, labels: { job: 'game', host: 'h1', disk: 'logs' }, value: '500Mi' },
    holds: {
      [`pomelo_disk_free_bytes{${ofServer},disk="logs"}`]: '1073741824+0x80',
      [`pomelo_disk_free_bytes{${front2},disk="logs"}`]: '2147483648+0x4 1+0x1 2147483648+0x40',
    },
  },
  PomeloDiskFull: {
    breaks: {
      [`pomelo_disk_free_bytes{${master},disk="state"}`]: '2147483648+0x4 1048576+0x20 2147483648+0x40',
    },
    ...{ at: 6, over: 16, labels: { job: 'game', host: 'h1', disk: 'state' }, value: '1Mi' },
    holds: { [`pomelo_disk_free_bytes{${master},disk="state"}`]: '67108864+0x80' },
  },
  PomeloUnhandledRejections: counted('pomelo_process_unhandled_rejections_total'),
  PomeloCronFailed: counted('pomelo_cron_failures_total'),
  PomeloCronMissed: counted('pomelo_cron_missed_total', {
    [`pomelo_cron_skipped_total{${ofServer}}`]: '0+0x70',
  }),
  PomeloCronWithoutLease: counted('pomelo_cron_unleased_total'),
  PomeloLeaseLost: counted('pomelo_lease_lost_total'),
  PomeloSessionsLost: counted('pomelo_session_lost_moves_total'),
  PomeloServerUntold: {
    breaks: {
      [`pomelo_server_up{${ofServer}}`]: '1+0x60',
      [`process_start_time_seconds{${ofServer}}`]: '_x30 5+0x30',
    },
    ...{ at: 8, over: 20, labels },
    holds: {
      [`pomelo_server_up{${ofServer}}`]: '1+0x60',
      [`process_start_time_seconds{${ofServer}}`]: '5+0x60',
    },
  },
  PomeloScrapeFailing: {
    breaks: {
      [`up{${target}}`]: '1+0x10 0+0x20 1+0x20',
      [`pomelo_exposition_left_out{${target}}`]: '0+0x10 stale _x40',
    },
    ...{ at: 12, over: 18, labels: { job: 'game', instance: 'h1:9300' } },
    holds: {
      [`up{${target}}`]: '1+0x10 0+0x8 1+0x40',
      [`pomelo_exposition_left_out{${target}}`]: '0+0x60',
      'up{job="node",instance="h1:9100"}': '0+0x60',
    },
  },
  PomeloMeasuresLeftOut: {
    breaks: { [`pomelo_exposition_left_out{${target}}`]: '0+0x2 5+0x40 0+0x40' },
    ...{ at: 18, over: 25, labels: { job: 'game', instance: 'h1:9300' }, value: '5' },
    holds: { [`pomelo_exposition_left_out{${target}}`]: '0+0x80' },
  },
};
