import { severities } from '../severities.js';
import { thresholds } from '../thresholds.js';
import type { Alert } from './alert.js';
import { each } from './expressions.js';

const { sendQueueBytes, sendQueueGrowth, droppedShare, pushes } = thresholds;
const { errorBudget, fastBurn, slowBurn, latencySeconds, latencyRequests, callShare, calls } = thresholds;
const share = (burn: number): number => Number((burn * errorBudget).toPrecision(6));
const callRate = (more: string): string =>
  `sum by (job, server, type, host) (${each(`rate(pomelo_rpc_client_duration_seconds_count${more}[5m])`, 'method', 'code_class')})`;
const lateCalls = callRate('{code_class=~"timeout|refused"}');
const allCalls = callRate('');

const durations = `sum by (job, type, le) (${each('rate(pomelo_request_duration_seconds_bucket[5m])', 'route', 'code_class', 'le')})`;
const durationCounts = `sum by (job, type) (${each('rate(pomelo_request_duration_seconds_count[5m])', 'route', 'code_class')})`;

const dropped = `sum by (job, server, type, host) (${each('rate(pomelo_push_dropped_total{cause!="unsent"}[5m])', 'cause')})`;
const delivered = each('rate(pomelo_push_fanout_sum[5m])');

/** What clients ask for and are sent, and what servers ask of each other for it. */
export const requestAlerts = {
  PomeloErrorBudgetFast: {
    expression: `pomelo:failed:share5m > ${share(fastBurn)} and pomelo:failed:share1h > ${share(fastBurn)}`,
    for: '2m',
    severity: severities.PomeloErrorBudgetFast,
    inhibits: { alerts: ['PomeloErrorBudgetSlow'], equal: ['job'] },
    text: {
      summary: '{{ $value | humanizePercentage }} of the requests fail.',
      means: `At this pace the errors of a month (${errorBudget * 100} % of all requests) are used up in two days. Errors that your code throws on purpose do not count.`,
      look: '`pomelo-ts top --once --view routes --sort errors`; `pomelo_request_unserved_total` by `code`; `pomelo-ts logs` of the server that fails.',
      act: 'Bring back the code before: `pomelo-ts reload` or `restart`. When a server is absent or slow, mend that first.',
    },
  },
  PomeloErrorBudgetSlow: {
    expression: `pomelo:failed:share30m > ${share(slowBurn)} and pomelo:failed:share6h > ${share(slowBurn)}`,
    for: '15m',
    severity: severities.PomeloErrorBudgetSlow,
    text: {
      summary: '{{ $value | humanizePercentage }} of the requests fail, for hours.',
      means: 'Some players meet an error each day. The errors of a month are used up in five days.',
      look: '`pomelo-ts top --once --view routes --sort errors --window 1h`; the log of the servers of that type.',
      act: 'Mend the handler that fails.',
    },
  },
  PomeloLatency: {
    // the mean adds nothing: it is beyond that where one of 100 takes less only while others take a minute
    expression: `histogram_quantile(0.99, ${durations}) > ${latencySeconds} and on (job, type) ${durationCounts} > ${latencyRequests}`,
    for: '5m',
    severity: severities.PomeloLatency,
    inhibits: { alerts: ['PomeloRouteSlow'], equal: ['job'] },
    text: {
      summary:
        'One of 100 requests to servers of {{ $labels.type }} takes longer than {{ $value | humanizeDuration }}.',
      means: 'Players feel that the game hangs.',
      look: '`pomelo-ts top --once --view routes --sort p99`: one route, or all? All: event loops and processors. One: what does its handler wait for?',
      act: 'Mend or bring back the slow handler; add servers of the type whose event loop is late: `pomelo-ts add`.',
    },
  },
  PomeloRouteSlow: {
    expression: `histogram_quantile(0.99, pomelo:request_duration:bucket_rate5m) > ${latencySeconds} and on (job, route) sum by (job, route) (pomelo:requests:rate5m) > ${latencyRequests}`,
    for: '10m',
    severity: severities.PomeloRouteSlow,
    text: {
      summary:
        'One of 100 requests of {{ $labels.route }} takes longer than {{ $value | humanizeDuration }}.',
      means: 'What this route does is slow for some.',
      look: '`pomelo-ts top --once --view routes --sort p99`, and `--view rpc`: which call does it wait for? When it computes: `pomelo-ts profile` of a server of its type.',
      act: 'Mend the handler, or what it waits for.',
    },
  },
  PomeloCallsFail: {
    expression: `${lateCalls} / (${allCalls} > ${calls}) > ${callShare}`,
    for: '5m',
    severity: severities.PomeloCallsFail,
    text: {
      summary:
        '{{ $value | humanizePercentage }} of the calls by {{ $labels.server }} are too late or refused.',
      means: 'A server that it calls is overloaded or hangs; its own requests fail or wait for it.',
      look: '`pomelo-ts top --once --view rpc --sort errors`; the event loop of the servers called.',
      act: 'Add servers of the type called, or take load off them; mend what they wait for.',
    },
  },
  PomeloConnectionsBreak: {
    expression: `${each('increase(pomelo_rpc_lost_connections_total[15m])')} > ${thresholds.brokenConnections}`,
    for: '0s',
    severity: severities.PomeloConnectionsBreak,
    text: {
      summary:
        '{{ $labels.server }} has lost {{ $value | printf "%.0f" }} connections to other servers in 15 minutes.',
      means: 'Calls under way fail each time. The network fails, or servers come and go.',
      look: '`pomelo-ts doctor`; `pomelo-ts list` for servers that have just started; `pomelo-ts logs SERVER`.',
      act: 'Mend the network between those hosts. After a restart of many servers it passes.',
    },
  },
  PomeloBackendsOverloaded: {
    expression: `${each('rate(pomelo_forward_overloaded_total[5m])')} + ${each('rate(pomelo_forward_refused_total[5m])')} > 0`,
    for: '5m',
    severity: severities.PomeloBackendsOverloaded,
    text: {
      summary: '{{ $labels.server }} cannot forward or take all messages of players.',
      means: 'Too much waits for a backend, or too many handlers work at once: messages are refused.',
      look: '`pomelo-ts top --once --sort loop`: which backend is late? `--view routes --sort busy`: what keeps it busy?',
      act: 'Add servers of that type: `pomelo-ts add`. Mend the handler that keeps them busy.',
    },
  },
  PomeloSendQueueGrows: {
    expression: `${each('deriv(pomelo_send_queue_bytes[5m])')} > ${sendQueueGrowth} and ${each('pomelo_send_queue_bytes')} > ${sendQueueBytes}`,
    for: '5m',
    severity: severities.PomeloSendQueueGrows,
    text: {
      summary:
        'What waits for clients of {{ $labels.server }} grows by {{ $value | humanize1024 }}B each second.',
      means:
        'Clients do not read as fast as they are sent to: they see the game late, and the server runs out of memory.',
      look: '`pomelo_client_slow`: all, or a few? All: the network of the server. `pomelo_pushes_total` by `kind`: is more pushed than before?',
      act: 'Push less or smaller. `client.sendQueue` in settings.json5 bounds what waits for one client.',
    },
  },
  PomeloPushesDropped: {
    expression: `${dropped} / (${delivered} + ${dropped} > ${pushes}) > ${droppedShare}`,
    for: '5m',
    severity: severities.PomeloPushesDropped,
    text: {
      summary: '{{ $value | humanizePercentage }} of the pushes of {{ $labels.server }} are dropped.',
      means: 'Players do not see all that happens.',
      look: '`pomelo_push_dropped_total` by `cause`: `slow` clients, or `absent` ones whose session waits for them? `pomelo_client_slow`.',
      act: 'Slow: push less, or mend the network. Absent: those who were moved or lost their network come back, and the game tells them anew.',
    },
  },
} as const satisfies Readonly<Record<string, Alert>>;
