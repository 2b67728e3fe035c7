import { ofJob, rate } from './dashboard.mjs';

/**
 * What servers ask of each other.
 *
 * @param {import('../dashboards.mjs').Expressions} expressions
 * @returns {import('./dashboard.mjs').Dashboard}
 */
export const rpc = ({ sumBy, each }) => {
  const quantile = (share, end, ...labels) =>
    `histogram_quantile(${share}, ${sumBy([...labels, 'le'], rate(`pomelo_rpc_${end}_duration_seconds_bucket`))})`;
  /** @type {(title: string, what: Readonly<Record<string, string>>) => import('./dashboard.mjs').Panel} */
  const counts = (title, what) => ({
    ...{ title, as: 'timeseries', unit: 'ops' },
    lines: Object.entries(what).map(([metric, name]) => [
      sumBy(['server'], rate(metric)),
      `{{server}}: ${name}`,
    ]),
  });
  return {
    uid: 'pomelo-rpc',
    title: 'pomelo-ts: RPC',
    about: 'What servers ask of each other and forward to each other, how long that takes and how it fails.',
    variables: [],
    sections: [
      {
        title: 'Calls',
        panels: [
          {
            ...{ title: 'Calls each second, by how they ended', as: 'timeseries', unit: 'ops' },
            lines: [
              [sumBy(['code_class'], rate('pomelo_rpc_client_duration_seconds_count')), '{{code_class}}'],
            ],
          },
          {
            ...{ title: 'Calls each second, by method', as: 'timeseries', unit: 'ops' },
            lines: [
              [
                `topk(10, ${sumBy(['method'], rate('pomelo_rpc_client_duration_seconds_count'))})`,
                '{{method}}',
              ],
            ],
          },
          {
            ...{ title: 'Time of a call', as: 'timeseries', unit: 's' },
            lines: ['0.5', '0.9', '0.99'].map((share) => [
              quantile(share, 'client'),
              `${Number(share) * 100} %`,
            ]),
          },
          {
            ...{ title: 'Slowest methods (99 %), as the caller sees them', as: 'timeseries', unit: 's' },
            lines: [[`topk(10, ${quantile('0.99', 'client', 'method')})`, '{{method}}']],
          },
          {
            ...{ title: 'Slowest methods (99 %), where they run', as: 'timeseries', unit: 's' },
            about: 'The rest of what the caller sees is network, queues and late event loops.',
            lines: [[`topk(10, ${quantile('0.99', 'server', 'method')})`, '{{method}}']],
          },
          {
            ...{ title: 'Calls at work', as: 'timeseries', unit: 'short' },
            lines: [[`topk(20, ${each(`pomelo_rpc_running{${ofJob}}`)})`, '{{server}}']],
          },
          counts('Calls that failed', {
            pomelo_rpc_failures_total: 'failed',
            pomelo_rpc_timeouts_total: 'too late',
            pomelo_rpc_failed_notifies_total: 'notify failed',
          }),
        ],
      },
      {
        title: 'Messages of players to backends',
        panels: [
          counts('Not forwarded', {
            pomelo_forward_overloaded_total: 'too much waits',
            pomelo_forward_refused_total: 'refused there',
            pomelo_forward_failures_total: 'no server',
          }),
          {
            ...{ title: 'Requests that failed for want of a server', as: 'timeseries', unit: 'reqps' },
            about: 'By the code of the error.',
            lines: [[sumBy(['code'], rate('pomelo_request_unserved_total')), '{{code}}']],
          },
        ],
      },
      {
        title: 'Connections between servers',
        panels: [
          counts('Lost', {
            pomelo_rpc_lost_connections_total: 'broke',
            pomelo_rpc_silent_peers_total: 'silent',
            pomelo_rpc_stuck_peers_total: 'did not read',
          }),
          counts('Closed for what came over them, or refused', {
            pomelo_rpc_faults_total: 'not readable',
            pomelo_rpc_refused_connections_total: 'refused',
          }),
          counts('Pushes held up', {
            pomelo_channel_unsent_frames_total: 'not sent',
            pomelo_channel_delayed_news_total: 'members told later',
          }),
          {
            ...{ title: 'Links to the master', as: 'timeseries', unit: 'short' },
            lines: [[`sum(${each(`pomelo_link_up{${ofJob}}`)})`, 'stand']],
          },
        ],
      },
    ],
  };
};
