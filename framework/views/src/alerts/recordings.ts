import { each, sumBy } from './expressions.js';

/** The rate of a counter, summed over all servers and all values of a label that it has beside. */
const rate = (metric: string, window: string, ...labels: string[]): string =>
  `sum by (job) (${each(`rate(${metric}[${window}])`, ...labels)})`;

/** The share of requests that failed by faults of the game, and for want of a server. */
function failedShare(window: string): string {
  const faults = rate('pomelo_request_failures_total', window);
  const unserved = rate('pomelo_request_unserved_total', window, 'code');
  const all = rate('pomelo_request_duration_seconds_count', window, 'route', 'code_class');
  // a code that nothing has failed with has no series
  return `clamp_max((${faults} + (${unserved} or 0 * ${faults})) / (${all} > 0), 1)`;
}

/** What alerts and dashboards have in common: Prometheus works it out once, under these names. */
export const recordings = {
  'pomelo:server_wanted': each('pomelo_server_wanted'),
  'pomelo:server_up': each('pomelo_server_up'),
  'pomelo:online:sum': sumBy(['job'], 'pomelo_client_connected'),
  'pomelo:requests:rate5m': sumBy(
    ['job', 'route', 'code_class'],
    'rate(pomelo_request_duration_seconds_count[5m])',
  ),
  'pomelo:request_duration:bucket_rate5m': `sum by (job, route, le) (${each('rate(pomelo_request_duration_seconds_bucket[5m])', 'route', 'code_class', 'le')})`,
  'pomelo:failed:share5m': failedShare('5m'),
  'pomelo:failed:share30m': failedShare('30m'),
  'pomelo:failed:share1h': failedShare('1h'),
  'pomelo:failed:share6h': failedShare('6h'),
  'pomelo:heap_used:bytes': `sum by (job, server, type, host) (${each('pomelo_heap_used_bytes', 'space')})`,
  'pomelo:heap_limit:bytes': each('pomelo_heap_limit_bytes'),
  'pomelo:cpu:rate5m': each('rate(process_cpu_seconds_total{server!=""}[5m])'),
  'pomelo:loop_delay:p99': each('pomelo_eventloop_delay_seconds{percentile="99"}'),
} as const satisfies Readonly<Record<string, string>>;
