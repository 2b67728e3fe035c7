import type { MeasureTable } from '@pomelo-ts/common';

/** What frontends find that look whether things arrive, see `client.probe`; all 0 where that is off. */
export const probeMeasures = {
  probeFailing: {
    kind: 'gauge',
    name: 'client.probeFailing',
    help: 'Whether the last probe of a connector failed, or took longer than a second: then what is sent to players may not arrive.',
    open: { label: 'connector', most: 500 },
  },
  probeDuration: {
    kind: 'histogram',
    name: 'client.probeDuration',
    unit: 'seconds',
    help: 'Time of a probe: from this server by the port for clients to a connector, to a backend, and back as a push.',
  },
  probeFailures: {
    kind: 'counter',
    name: 'client.probeFailures',
    help: 'Probes that failed, by how far they had come.',
    closed: { label: 'stage', values: ['word', 'connection', 'handshake', 'request', 'push'] },
  },
} as const satisfies MeasureTable;
