import { ofJob, rate } from './dashboard.mjs';

/**
 * Whether the game is well, on one screen.
 *
 * @param {import('../dashboards.mjs').Expressions} expressions
 * @returns {import('./dashboard.mjs').Dashboard}
 */
export const cluster = ({ sumBy, each }) => ({
  uid: 'pomelo-cluster',
  title: 'pomelo-ts: cluster',
  about: 'Whether the game is well: who is on-line, what fails, which servers do not serve.',
  variables: [],
  sections: [
    {
      title: 'Now',
      panels: [
        { title: 'Players on-line', as: 'stat', unit: 'short', lines: [[`pomelo:online:sum{${ofJob}}`, '']] },
        {
          title: 'Servers that serve',
          as: 'stat',
          unit: 'short',
          lines: [[`sum(pomelo:server_up{${ofJob}})`, '']],
        },
        {
          title: 'Servers that should, and do not',
          as: 'stat',
          unit: 'short',
          lines: [
            [
              `count(pomelo:server_wanted{${ofJob}} == 1 unless pomelo:server_up{${ofJob}} == 1) or vector(0)`,
              '',
            ],
          ],
        },
        {
          title: 'Masters that lead',
          as: 'stat',
          unit: 'short',
          about: 'Always 1.',
          lines: [[`count(max by (server, host) (pomelo_leader{${ofJob}}) == 1)`, '']],
        },
        {
          title: 'Requests that fail',
          as: 'stat',
          unit: 'percentunit',
          about: 'By faults of the game, or for want of a server, in 5 minutes.',
          lines: [[`pomelo:failed:share5m{${ofJob}}`, '']],
        },
        {
          title: 'Alerts',
          as: 'stat',
          unit: 'short',
          lines: [[`count(ALERTS{${ofJob},alertstate="firing"}) or vector(0)`, '']],
        },
      ],
    },
    {
      title: 'Players',
      panels: [
        {
          title: 'Players on-line',
          as: 'timeseries',
          unit: 'short',
          lines: [[sumBy(['type'], `pomelo_client_connected{${ofJob}}`), '{{type}}']],
        },
        {
          title: 'Requests each second',
          as: 'timeseries',
          unit: 'reqps',
          lines: [[`sum by (code_class) (pomelo:requests:rate5m{${ofJob}})`, '{{code_class}}']],
        },
        {
          title: 'Time that requests take',
          as: 'timeseries',
          unit: 's',
          lines: ['0.5', '0.9', '0.99'].map((share) => [
            `histogram_quantile(${share}, sum by (le) (pomelo:request_duration:bucket_rate5m{${ofJob}}))`,
            `${Number(share) * 100} %`,
          ]),
        },
        {
          title: 'Slowest routes (99 %)',
          as: 'timeseries',
          unit: 's',
          lines: [
            [
              `topk(10, histogram_quantile(0.99, sum by (route, le) (pomelo:request_duration:bucket_rate5m{${ofJob}})))`,
              '{{route}}',
            ],
          ],
        },
        {
          title: 'Requests that failed by a fault of the game',
          as: 'timeseries',
          unit: 'reqps',
          lines: [[sumBy(['server'], rate('pomelo_request_failures_total')), '{{server}}']],
        },
        {
          title: 'Pushes each second',
          as: 'timeseries',
          unit: 'ops',
          lines: [[sumBy(['kind'], rate('pomelo_pushes_total')), '{{kind}}']],
        },
      ],
    },
    {
      title: 'Servers',
      panels: [
        {
          title: 'Servers by state',
          as: 'timeseries',
          unit: 'short',
          lines: [[`${sumBy(['state'], `pomelo_server_state{${ofJob}}`)} > 0`, '{{state}}']],
        },
        {
          title: 'Starts after a crash, in 10 minutes',
          as: 'timeseries',
          unit: 'short',
          lines: [
            [
              sumBy(['server', 'cause'], `increase(pomelo_server_restarts_total{${ofJob}}[10m])`),
              '{{server}}: {{cause}}',
            ],
          ],
        },
        {
          title: 'Processor, of one',
          as: 'timeseries',
          unit: 'percentunit',
          lines: [[`topk(20, pomelo:cpu:rate5m{${ofJob}})`, '{{server}}']],
        },
        {
          title: 'Event loops late (99 %)',
          as: 'timeseries',
          unit: 's',
          lines: [[`topk(20, pomelo:loop_delay:p99{${ofJob}})`, '{{server}}']],
        },
        {
          title: 'Memory',
          as: 'timeseries',
          unit: 'bytes',
          lines: [[`topk(20, ${each(`process_resident_memory_bytes{${ofJob},server!=""}`)})`, '{{server}}']],
        },
        {
          title: 'Builds',
          as: 'bargauge',
          unit: 'short',
          lines: [[`count by (build) (${each(`pomelo_build_info{${ofJob}}`, 'build')})`, '{{build}}']],
        },
      ],
    },
    {
      title: 'Master',
      panels: [
        {
          title: 'Changes of who is in the cluster, in 10 minutes',
          as: 'timeseries',
          unit: 'short',
          lines: [[`delta(pomelo_registry_revision{${ofJob}}[10m])`, '{{server}}']],
        },
        {
          title: 'Servers that know another state of the cluster than the master',
          as: 'timeseries',
          unit: 'short',
          lines: [
            [
              `count(${each(`pomelo_process_registry_revision{${ofJob}}`)} != on (job) group_left () max by (job) (pomelo_registry_revision{${ofJob}})) or vector(0)`,
              '',
            ],
          ],
        },
        {
          title: 'Tries to sign in to the admin that failed, a minute',
          as: 'timeseries',
          unit: 'short',
          lines: [[`60 * ${sumBy(['reason'], rate('pomelo_admin_sign_in_failures_total'))}`, '{{reason}}']],
        },
      ],
    },
  ],
});
