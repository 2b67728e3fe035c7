import { linkVersion } from '@pomelo-ts/cluster/masters';
import type { MeasureDefinition } from '@pomelo-ts/common';
import type { ExposedMeasure } from '@pomelo-ts/common/ops';
import type { CertificateEnd } from '../servers/certificates.js';
import type { RowState, ServerRow } from '../servers/server-row.js';
import type { SharedStore } from '../servers/shared-store.js';
import { endKinds } from '../supervisor/server-end.js';
import type { RestartCounts } from '../supervisor/server-record.js';

/** States of a server, as `pomelo-ts list` tells them. */
const states = [
  'down',
  'starting',
  'ready',
  'draining',
  'stopping',
  'gone',
  'failed',
  'lost',
] as const satisfies readonly RowState[];

const serverDefinitions = {
  up: { kind: 'gauge', name: 'server.up', help: 'Whether the server serves: 1 while it is ready or drains.' },
  wanted: {
    kind: 'gauge',
    name: 'server.wanted',
    help: 'Whether the server should run: 0 once an operator has stopped it.',
  },
  state: {
    kind: 'gauge',
    name: 'server.state',
    help: 'The state of the server: 1 at the one that it is in.',
    closed: { label: 'state', values: states },
  },
  restarts: {
    kind: 'counter',
    name: 'server.restarts',
    help: 'Times that the master has started the server again after a crash, by how it had ended.',
    closed: { label: 'cause', values: endKinds },
  },
  linkUp: { kind: 'gauge', name: 'link.up', help: 'Whether the master hears of the server.' },
  build: {
    kind: 'gauge',
    name: 'build.info',
    help: 'Always 1; which code the present life of the server runs, and which version of the wire it and this master speak.',
    open: { label: 'build', most: 1 },
    closed: { label: 'wire', values: [String(linkVersion)] },
  },
  clockSkew: {
    kind: 'gauge',
    name: 'host.clockSkew',
    unit: 'seconds',
    help: "By how much the clock of the host is ahead of the master's at least, negative while it is behind; told by one server of each host.",
  },
} as const satisfies Record<string, MeasureDefinition>;

const masterDefinitions = {
  leader: {
    kind: 'gauge',
    name: 'leader',
    help: 'Whether this master leads, by its term.',
    open: { label: 'term', most: 1 },
  },
  revision: {
    kind: 'gauge',
    name: 'registry.revision',
    help: 'Number of the last change of who is in the cluster.',
  },
  certificate: {
    kind: 'gauge',
    name: 'tls.certificateExpires',
    unit: 'seconds',
    help: 'When the TLS certificate ends that is served there, in seconds since 1970.',
    open: { label: 'place', most: 4 },
  },
  storeUp: {
    kind: 'gauge',
    name: 'store.up',
    help: 'Whether the store that masters share, such as `etcd`, has answered this one the last time; of each master that has one, also while it stands by.',
    open: { label: 'store', most: 1 },
  },
} as const satisfies Record<string, MeasureDefinition>;

/** All measures that a master itself tells of servers and of the cluster: for the page about measures. */
export const clusterDefinitions = { ...serverDefinitions, ...masterDefinitions };

/** What the master knows of one server beside its row. */
export interface ServerFacts {
  readonly wanted: boolean;
  readonly linked: boolean;
  readonly restarts: RestartCounts;
  /** By how many seconds the clock of its host is ahead, where it is the one that was asked. */
  readonly clockSkew: number | undefined;
}

/** What the master tells of one server. */
export function serverMeasures(
  { state, build }: ServerRow,
  { wanted, linked, restarts, clockSkew }: ServerFacts,
): ExposedMeasure[] {
  const up = state === 'ready' || state === 'draining';
  return [
    of(serverDefinitions.up, [Number(up)]),
    of(serverDefinitions.wanted, [Number(wanted)]),
    of(
      serverDefinitions.state,
      states.map((one) => Number(one === state)),
    ),
    of(
      serverDefinitions.restarts,
      endKinds.map((kind) => restarts[kind] ?? 0),
    ),
    of(serverDefinitions.linkUp, [Number(linked)]),
    ...(clockSkew === undefined ? [] : [of(serverDefinitions.clockSkew, [clockSkew])]),
    ...(build === undefined ? [] : [of(serverDefinitions.build, [1], build)]),
  ];
}

/** What a master that leads tells of the cluster. */
export function masterMeasures(
  term: number,
  revision: number,
  certificates: readonly CertificateEnd[],
): ExposedMeasure[] {
  const rows = certificates.map(({ place, endsAt }) => [place, [endsAt / 1000]] as const);
  return [
    of(masterDefinitions.leader, [1], String(term)),
    of(masterDefinitions.revision, [revision]),
    { definition: masterDefinitions.certificate, owner: 'pomelo', rows },
  ];
}

/** What a master tells of the store that masters share. */
export function storeMeasures(store: SharedStore | undefined): ExposedMeasure[] {
  if (!store) return [];
  return [of(masterDefinitions.storeUp, [Number(store.health.status === 'UP')], store.kind)];
}

function of(definition: MeasureDefinition, slots: readonly number[], value = ''): ExposedMeasure {
  return { definition, owner: 'pomelo', rows: [[value, slots]] };
}
