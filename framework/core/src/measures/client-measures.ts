import type { MeasureTable } from '@pomelo-ts/common';
import { type ProtocolErrorCode, protocolErrors } from '@pomelo-ts/protocol';

/** What a client did wrong when its connection was closed for it. */
export type ClientFault =
  | ProtocolErrorCode
  | 'http'
  | 'inflation'
  | 'internal'
  | 'kick'
  | 'other'
  | 'proxyHeader'
  | 'webSocket';

const faults: readonly ClientFault[] = [
  ...(Object.keys(protocolErrors) as ProtocolErrorCode[]),
  ...(['http', 'inflation', 'internal', 'kick', 'other', 'proxyHeader', 'webSocket'] as const),
];

/** Why the connection of a client has closed. */
const closeKinds = [
  'disconnected',
  'fault',
  'full',
  'kick',
  'neverHandshook',
  'rate',
  'refused',
  'replaced',
  'shutdown',
  'silent',
  'slow',
  'tooMany',
] as const;

/** What a frontend counts of its clients. */
export const clientMeasures = {
  clientConnections: {
    kind: 'counter',
    name: 'client.connections',
    help: 'Connections of clients that were taken.',
  },
  clientRefused: {
    kind: 'counter',
    name: 'client.refused',
    help: 'Clients that were not let in: no place (full, tooMany), too many from one address, an address of the blacklist, a page of another origin.',
    closed: { label: 'reason', values: ['address', 'blacklist', 'full', 'origin', 'tooMany'] },
  },
  clientHandshakes: {
    kind: 'counter',
    name: 'client.handshakes',
    help: 'Handshakes that were answered: let in, refused by the game, not readable, or failed as the game threw or its data cannot be sent.',
    closed: { label: 'result', values: ['ok', 'refused', 'invalid', 'failed'] },
  },
  clientClosed: {
    kind: 'counter',
    name: 'client.closed',
    help: 'Connections of clients that have closed, by why. What a game kicks with is kick.',
    closed: { label: 'reason', values: closeKinds },
  },
  clientFaults: {
    kind: 'counter',
    name: 'client.faults',
    help: 'Clients closed because of what they sent.',
    closed: { label: 'fault', values: faults },
  },
  clientFailedAccepts: {
    kind: 'counter',
    name: 'client.failedAccepts',
    help: 'Errors of the port for clients while it took connections.',
  },
  clientNeverHandshook: {
    kind: 'counter',
    name: 'client.neverHandshook',
    help: 'Connections closed because their handshake was not done in time.',
  },
  clientTimedOut: {
    kind: 'counter',
    name: 'client.timedOut',
    help: 'Clients closed because nothing was heard of them for client.heartbeatTimeout.',
  },
  clientClosedSlow: {
    kind: 'counter',
    name: 'client.closedSlow',
    help: 'Clients closed because they did not read what they were sent.',
  },
  clientClosedBlacklist: {
    kind: 'counter',
    name: 'client.closedBlacklist',
    help: 'Clients closed because their address was put on the blacklist.',
  },
  clientClosedRate: {
    kind: 'counter',
    name: 'client.closedRate',
    help: 'Messages for which a rate limit closed the client.',
  },
  clientCrowdedOut: {
    kind: 'counter',
    name: 'client.crowdedOut',
    help: 'Connections closed to make room for newer ones.',
  },
  clientAbsentAnswers: {
    kind: 'counter',
    name: 'client.absentAnswers',
    help: 'Answers dropped because their session had no client for a while.',
  },
  clientPausedInflation: {
    kind: 'counter',
    name: 'client.pausedInflation',
    help: 'Times that a client was not read because its compressed messages became too much.',
  },
} as const satisfies MeasureTable;
