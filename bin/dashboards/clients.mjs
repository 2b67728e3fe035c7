import { ofJob, rate } from './dashboard.mjs';

/**
 * Who comes, who goes and why, and what clients are sent.
 *
 * @param {import('../dashboards.mjs').Expressions} expressions
 * @returns {import('./dashboard.mjs').Dashboard}
 */
export const clients = ({ sumBy, each }) => {
  /** A counter by a label, over all servers. @type {(title: string, metric: string, label: string, about?: string) => import('./dashboard.mjs').Panel} */
  const by = (title, metric, label, about) => ({
    ...{ title, as: 'timeseries', unit: 'ops', lines: [[sumBy([label], rate(metric)), `{{${label}}}`]] },
    ...(about !== undefined && { about }),
  });
  const sent = sumBy(['job'], rate('pomelo_push_fanout_sum'));
  const dropped = sumBy(['job'], rate('pomelo_push_dropped_total', ',cause!="unsent"'));
  return {
    uid: 'pomelo-clients',
    title: 'pomelo-ts: clients',
    about: 'Who comes, who goes and why, what clients are sent, and who does not read it.',
    variables: [],
    sections: [
      {
        title: 'Who comes and goes',
        panels: [
          {
            ...{ title: 'Connected', as: 'timeseries', unit: 'short' },
            lines: [[`topk(20, ${each(`pomelo_client_connected{${ofJob}}`)})`, '{{server}}']],
          },
          {
            ...{ title: 'Connections taken, each second', as: 'timeseries', unit: 'ops' },
            lines: [[sumBy(['server'], rate('pomelo_client_connections_total')), '{{server}}']],
          },
          by('Handshakes', 'pomelo_client_handshakes_total', 'result', 'What came of them.'),
          by('Not let in', 'pomelo_client_refused_total', 'reason'),
          by('Connections that closed, by why', 'pomelo_client_closed_total', 'reason'),
          by('Closed because of what they sent', 'pomelo_client_faults_total', 'fault'),
        ],
      },
      {
        title: 'What they are sent',
        panels: [
          by('Pushes made', 'pomelo_pushes_total', 'kind'),
          {
            ...{ title: 'To how many clients a push goes', as: 'timeseries', unit: 'short' },
            about: 'On one frontend.',
            lines: ['0.5', '0.9', '0.99'].map((share) => [
              `histogram_quantile(${share}, ${sumBy(['le'], rate('pomelo_push_fanout_bucket'))})`,
              `${Number(share) * 100} %`,
            ]),
          },
          {
            ...{ title: 'Pushes to clients, each second', as: 'timeseries', unit: 'ops' },
            lines: [[sent, 'sent']],
          },
          by('Pushes dropped', 'pomelo_push_dropped_total', 'cause'),
          {
            ...{ title: 'Share of the pushes dropped', as: 'timeseries', unit: 'percentunit' },
            lines: [[`${dropped} / (${sent} + ${dropped} > 0) or ${dropped}`, '']],
          },
          {
            ...{ title: 'Answers dropped for want of a client', as: 'timeseries', unit: 'ops' },
            lines: [[sumBy(['server'], rate('pomelo_client_absent_answers_total')), '{{server}}']],
          },
        ],
      },
      {
        title: 'Who does not read',
        panels: [
          {
            ...{ title: 'Bytes that wait for clients', as: 'timeseries', unit: 'bytes' },
            lines: [[`topk(20, ${each(`pomelo_send_queue_bytes{${ofJob}}`)})`, '{{server}}']],
          },
          {
            ...{ title: 'Bytes that wait for the slowest client', as: 'timeseries', unit: 'bytes' },
            lines: [[`topk(20, ${each(`pomelo_send_queue_largest_bytes{${ofJob}}`)})`, '{{server}}']],
          },
          {
            ...{ title: 'Slow clients', as: 'timeseries', unit: 'short' },
            lines: [[`topk(20, ${each(`pomelo_client_slow{${ofJob}}`)})`, '{{server}}']],
          },
          {
            ...{ title: 'Messages beyond a rate limit', as: 'timeseries', unit: 'ops' },
            lines: [
              [sumBy(['job'], rate('pomelo_request_rate_limited_total')), 'refused'],
              [sumBy(['job'], rate('pomelo_request_rate_warned_total')), 'warned of'],
              [sumBy(['job'], rate('pomelo_client_closed_rate_total')), 'client closed'],
            ],
          },
        ],
      },
    ],
  };
};
