import { each } from './alerts/expressions.js';
import type { clusterFigures, serverFigures } from './past.js';

/* What a Prometheus is asked for to have the figures that charts of the master show. */

/** What rates are taken over: of a scrape each 15 s there are four points in it. */
const over = '1m';

/** Measures of requests: as frontends have them, and as the servers that they forward to. */
const [byClients, forwarded] = ['pomelo_request_duration_seconds', 'pomelo_request_work_seconds'];

/** A rate of requests, summed up. @param labels those that are kept; @param more those that each series has beside the server's */
const rates = (metric: string, labels: string, ...more: string[]): string =>
  `sum by (${labels}) (${each(`rate(${metric}[${over}])`, 'route', 'code_class', ...more)})`;

/** How many a second, which share of them fails, and the 99th percentile of their durations. */
const requestsOf = (measure: string, labels: string, of = '') => {
  const all = rates(`${measure}_count${of && `{${of}}`}`, labels);
  const good = rates(`${measure}_count{${of && `${of},`}code_class="ok"}`, labels);
  const buckets = rates(`${measure}_bucket${of && `{${of}}`}`, `${labels}, le`, 'le');
  return {
    requests: all,
    errors: `1 - ${good} / ${all}`,
    p99: `histogram_quantile(0.99, ${buckets})`,
  };
};

/** The figures of the whole cluster, in PromQL. */
export const clusterQueries: Readonly<Record<(typeof clusterFigures)[number], string>> = {
  online: `sum by (job) (${each('pomelo_client_connected')})`,
  ...requestsOf(byClients, 'job'),
  pushes: `sum by (job) (${each(`rate(pomelo_push_fanout_sum[${over}])`)})`,
};

/** The figures of a server, in PromQL. */
export function serverQueries(id: string): Readonly<Record<(typeof serverFigures)[number], string>> {
  const of = `server=${JSON.stringify(id)}`;
  const own = (metric: string, more = '') => each(`${metric}{${of}${more}}`);
  const front = requestsOf(byClients, 'job, server', of);
  const back = requestsOf(forwarded, 'job, server', of);
  return {
    connections: own('pomelo_client_connected'),
    requests: `${front.requests} or ${back.requests}`,
    errors: `${front.errors} or ${back.errors}`,
    p99: `${front.p99} or ${back.p99}`,
    cpu: each(`rate(process_cpu_seconds_total{${of}}[${over}])`),
    loop: own('pomelo_eventloop_delay_seconds', ',percentile="99"'),
    memory: own('process_resident_memory_bytes'),
  };
}
