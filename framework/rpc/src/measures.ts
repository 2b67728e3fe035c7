import type { HandlesOf, MeasureTable } from '@pomelo-ts/common';
import { codeClasses } from '@pomelo-ts/common/internal';

/** Methods that are told apart; a game has far fewer. */
const mostMethods = 500;
/** Types of servers that are told apart. */
const mostPeerTypes = 100;

/** What a node counts. */
export const rpcMeasures = {
  rpcFailures: {
    kind: 'counter',
    name: 'rpc.failures',
    help: 'Calls of other servers that failed here by a fault of the code, and not by an error that it answers with.',
  },
  rpcFailedNotifies: {
    kind: 'counter',
    name: 'rpc.failedNotifies',
    help: 'Calls that want no answer and failed here.',
  },
  rpcTimeouts: {
    kind: 'counter',
    name: 'rpc.timeouts',
    help: 'Calls of this server that had no answer in time.',
  },
  rpcLateAnswers: {
    kind: 'counter',
    name: 'rpc.lateAnswers',
    help: 'Answers to calls that had been given up.',
  },
  rpcLostConnections: {
    kind: 'counter',
    name: 'rpc.lostConnections',
    help: 'Connections to other servers that broke.',
  },
  rpcRefusedConnections: {
    kind: 'counter',
    name: 'rpc.refusedConnections',
    help: 'Connections to the port for calls that were refused.',
  },
  rpcFaults: {
    kind: 'counter',
    name: 'rpc.faults',
    help: 'Connections closed because of what another server sent after its proof and cannot be read.',
  },
  rpcSilentPeers: {
    kind: 'counter',
    name: 'rpc.silentPeers',
    help: 'Servers given up because they were silent.',
  },
  rpcStuckPeers: {
    kind: 'counter',
    name: 'rpc.stuckPeers',
    help: 'Servers given up because they did not read what they were sent.',
  },
  rpcBrokenTraces: {
    kind: 'counter',
    name: 'rpc.brokenTraces',
    help: 'Frames of other servers whose word on their trace could not be read, so that they are taken as frames without one.',
  },
  rpcClientDuration: {
    kind: 'histogram',
    name: 'rpc.client.duration',
    unit: 'seconds',
    help: 'Time from a call of another server, or of this one, until its answer came.',
    open: { label: 'method', most: mostMethods },
    closed: { label: 'codeClass', values: codeClasses },
  },
  rpcPeerDuration: {
    kind: 'histogram',
    name: 'rpc.peer.duration',
    unit: 'seconds',
    help: 'Time from a call of another server until its answer came, by the type of that server.',
    open: { label: 'peerType', most: mostPeerTypes },
    closed: { label: 'codeClass', values: codeClasses },
  },
  rpcServerDuration: {
    kind: 'histogram',
    name: 'rpc.server.duration',
    unit: 'seconds',
    help: 'Time from the arrival of a call until the remote here had its answer.',
    open: { label: 'method', most: mostMethods },
    closed: { label: 'codeClass', values: codeClasses },
  },
} as const satisfies MeasureTable;

/** Handles of {@link rpcMeasures}. */
export type RpcMeasures = HandlesOf<typeof rpcMeasures>;

/** The times of calls of one method, or of one type of servers. */
export type CallTimes = ReturnType<RpcMeasures['rpcClientDuration']['of']>;
