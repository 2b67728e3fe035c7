import { severities } from '../severities.js';
import { thresholds } from '../thresholds.js';
import type { Alert } from './alert.js';
import { each } from './expressions.js';

const { onlineShare, onlineLeast, refusedShare, unevenRatio, unevenLeast } = thresholds;
const { failedHandshakeShare, failedHandshakes } = thresholds;
const before = '(pomelo:online:sum offset 10m)';
const refused = `sum by (job, reason) (${each('rate(pomelo_client_refused_total[5m])', 'reason')})`;
const handshakes = (labels: string, more = '') =>
  `sum by (${labels}) (${each(`increase(pomelo_client_handshakes_total${more}[5m])`, 'result')})`;
const failed = handshakes('job, result', '{result!="ok"}');
const taken = `sum by (job) (${each('rate(pomelo_client_connections_total[5m])')})`;

/** Who is on-line, and who comes. */
export const playerAlerts = {
  PomeloOnlineDrop: {
    expression: `pomelo:online:sum / ${before} < ${1 - onlineShare} and ${before} > ${onlineLeast}`,
    for: '2m',
    severity: severities.PomeloOnlineDrop,
    text: {
      summary: 'Only {{ $value | humanizePercentage }} of those who were on-line 10 minutes ago are.',
      means: 'Many players are gone at once: a frontend, a network or a way of clients to you is broken.',
      look: '`pomelo-ts top --once`; which frontend has lost clients? Do crashes, a restart or a new build stand at that time?',
      act: 'Bring back what was changed. When all is well here, look at the load balancer, DNS, certificates and the provider.',
    },
  },
  PomeloOnlineJump: {
    expression: `pomelo:online:sum / ${before} > ${1 + onlineShare} and pomelo:online:sum > ${onlineLeast}`,
    for: '2m',
    severity: severities.PomeloOnlineJump,
    text: {
      summary: '{{ $value | humanizePercentage }} of those who were on-line 10 minutes ago are.',
      means: 'A campaign, the return from a breakdown, or an attack.',
      look: '`pomelo-ts top --once --sort cpu`; refusals of clients by reason; do the new ones have users?',
      act: 'Add frontends before they are full: `pomelo-ts add`. Against an attack: `client` limits in settings.json5.',
    },
  },
  PomeloHandshakesRefused: {
    expression: `${refused} / on (job) group_left () (${taken} + on (job) sum by (job) (${refused})) > ${refusedShare}`,
    for: '5m',
    severity: severities.PomeloHandshakesRefused,
    text: {
      summary: '{{ $value | humanizePercentage }} of the clients are not let in: {{ $labels.reason }}.',
      means:
        '`full`: no place. `tooMany`: too many in their handshake. `address`: too many from one address. `origin`: a page of another site.',
      look: '`pomelo-ts top --once`: connections of each frontend, in relation to `client.maxConnections`.',
      act: 'Full: `pomelo-ts add` frontends. Address: behind a proxy, set `trustedProxies`. Origin: name your page in `client.origins`.',
    },
  },
  PomeloHandshakesFail: {
    expression: `${failed} / on (job) group_left () ${handshakes('job')} > ${failedHandshakeShare} and ${failed} > ${failedHandshakes}`,
    for: '5m',
    severity: severities.PomeloHandshakesFail,
    text: {
      summary:
        '{{ $value | humanizePercentage }} of the handshakes of clients end with {{ $labels.result }}.',
      means:
        'These players do not come in. `refused`: the game said no. `failed`: its code threw, or its data cannot be sent. `invalid`: they send what is no handshake.',
      look: '`pomelo-ts logs` of a frontend: what does the `handshake` of the game throw or refuse? `invalid`: is there a new version of the client, or does something else dial the port?',
      act: 'Mend or bring back the code or data of the handshake. Refused on purpose, as of old clients: have these updated.',
    },
  },
  PomeloUneven: {
    expression: `max by (job, type) (${each('pomelo_client_connected')}) / avg by (job, type) (${each('pomelo_client_connected')}) > ${unevenRatio} and avg by (job, type) (${each('pomelo_client_connected')}) > ${unevenLeast}`,
    for: '30m',
    severity: severities.PomeloUneven,
    text: {
      summary:
        'The fullest {{ $labels.type }} has {{ $value | printf "%.1f" }} times the average of clients.',
      means: 'New clients are not spread over all frontends, or old ones have not moved since one was added.',
      look: '`pomelo-ts top --once --sort connections`; was a server added, drained or restarted?',
      act: 'It evens out as players come and go. If not: does the gate of your game choose by load, and the load balancer by connections?',
    },
  },
  PomeloDeliveryProbe: {
    expression: `max by (job, connector) (${each('pomelo_client_probe_failing', 'connector')}) == 1`,
    for: '1m',
    severity: severities.PomeloDeliveryProbe,
    text: {
      summary: 'What is sent to the clients of {{ $labels.connector }} does not arrive in time.',
      means:
        'A probe goes the way of a client: a gate connects to the port for clients of the connector, a backend pushes to it. It has failed, or taken longer than a second, for a minute.',
      look: '`pomelo-ts logs -f` of the gates: the probe tells how far it came. `word`: calls between servers; `connection`, `handshake`: the port for clients; `request`, `push`: the backend that is named.',
      act: 'Restart what hangs: the connector, or the backend that does not push. Where only the probe is shut out, by a firewall or `maxConnectionsPerAddress`, let in the hosts of the gates.',
    },
  },
} as const satisfies Readonly<Record<string, Alert>>;
