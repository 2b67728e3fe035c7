import { ofJob, rate } from './dashboard.mjs';

const ofServer = ',server=~"$server"';
const chosen = `${ofJob}${ofServer}`;

/**
 * Servers one by one.
 *
 * @param {import('../dashboards.mjs').Expressions} expressions
 * @returns {import('./dashboard.mjs').Dashboard}
 */
export const server = ({ each }) => {
  /** A figure of each server that is chosen. @type {(title: string, unit: string, expression: string, about?: string) => import('./dashboard.mjs').Panel} */
  const graph = (title, unit, expression, about) => ({
    ...{ title, as: 'timeseries', unit, lines: [[expression, '{{server}}']] },
    ...(about !== undefined && { about }),
  });
  const now = (metric) => each(`${metric}{${chosen}}`);
  const each$ = (metric) => each(rate(metric, ofServer));
  return {
    uid: 'pomelo-server',
    title: 'pomelo-ts: server',
    about: 'One server or several: processor, memory, event loop, and what they do.',
    variables: [
      {
        name: 'server',
        label: 'Server',
        query: 'label_values(process_start_time_seconds{job="$job",server!=""}, server)',
        many: true,
      },
    ],
    sections: [
      {
        title: 'Process',
        panels: [
          graph('Processor, of one', 'percentunit', `pomelo:cpu:rate5m{${chosen}}`),
          graph('Event loop late (99 %)', 's', `pomelo:loop_delay:p99{${chosen}}`),
          graph(
            'Event loop: share of its time that it works',
            'percentunit',
            now('pomelo_eventloop_utilization'),
          ),
          graph('Memory', 'bytes', now('process_resident_memory_bytes')),
          graph(
            'Heap, of what it may have',
            'percentunit',
            `pomelo:heap_used:bytes{${chosen}} / pomelo:heap_limit:bytes{${chosen}}`,
          ),
          {
            ...{ title: 'Heap by its parts', as: 'timeseries', unit: 'bytes' },
            lines: [[each(`pomelo_heap_used_bytes{${chosen}}`, 'space'), '{{server}}: {{space}}']],
          },
          {
            ...{
              title: 'Share of its time in collections of garbage',
              as: 'timeseries',
              unit: 'percentunit',
            },
            lines: [[each(rate('pomelo_gc_duration_seconds_sum', ofServer), 'kind'), '{{server}}: {{kind}}']],
          },
          graph(
            'Descriptors, of what it may have',
            'percentunit',
            `${now('process_open_fds')} / ${now('process_max_fds')}`,
          ),
          graph('Running for', 's', `time() - ${now('process_start_time_seconds')}`),
          graph('Heard by the master', 'short', now('pomelo_link_up'), '1 while its link stands.'),
        ],
      },
      {
        title: 'Work',
        panels: [
          graph(
            'Requests, notifies and calls that have come to code of the game, each second',
            'reqps',
            each$('pomelo_code_begun_total'),
          ),
          graph('Requests at work', 'short', now('pomelo_request_running')),
          {
            ...{ title: 'Forwarded requests here (99 %), by route', as: 'timeseries', unit: 's' },
            about: 'On a backend.',
            lines: [
              [
                `histogram_quantile(0.99, ${each(rate('pomelo_request_work_seconds_bucket', ofServer), 'route', 'code_class', 'le')})`,
                '{{server}}: {{route}} {{code_class}}',
              ],
            ],
          },
          graph(
            'Requests that failed by a fault of the game',
            'reqps',
            each$('pomelo_request_failures_total'),
          ),
          graph('Requests whose handler was too slow', 'reqps', each$('pomelo_request_timeouts_total')),
          graph('Rejections that nobody heard', 'ops', each$('pomelo_process_unhandled_rejections_total')),
        ],
      },
      {
        title: 'Channels, sessions, crons and leases',
        panels: [
          {
            ...{ title: 'Channels by their members', as: 'timeseries', unit: 'short' },
            lines: [[each(`pomelo_channels{${chosen}}`, 'members'), '{{server}}: {{members}}']],
          },
          graph('Members of all channels', 'short', now('pomelo_channel_members')),
          graph('Sessions that came from another frontend', 'ops', each$('pomelo_session_moves_total')),
          {
            ...{ title: 'Runs of crons', as: 'timeseries', unit: 'ops' },
            lines: ['runs', 'failures', 'late', 'skipped', 'missed'].map((what) => [
              each(rate(`pomelo_cron_${what}_total`, ofServer)),
              `{{server}}: ${what}`,
            ]),
          },
          graph('Leases lost', 'ops', each$('pomelo_lease_lost_total')),
        ],
      },
    ],
  };
};
