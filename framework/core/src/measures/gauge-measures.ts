import type { MeasureTable } from '@pomelo-ts/common';

/** What a server has at this moment: each is read when its measures are told. */
export const gaugeMeasures = {
  clientConnected: {
    kind: 'gauge',
    name: 'client.connected',
    help: 'Clients connected to this frontend now; 0 on a backend.',
  },
  clientStates: {
    kind: 'gauge',
    name: 'client.states',
    help: 'Clients connected to this frontend now, by how far they are: in their handshake, done with it and without a uid, or bound to one.',
    closed: { label: 'state', values: ['handshake', 'guest', 'bound'] },
  },
  clientSlow: {
    kind: 'gauge',
    name: 'client.slow',
    help: 'Clients for which more than half of client.sendQueue.maxBytes waits, as of the last seconds.',
  },
  sendQueueBytes: {
    kind: 'gauge',
    name: 'sendQueue',
    unit: 'bytes',
    help: 'Bytes that wait for all clients of this frontend together, as of the last seconds.',
  },
  sendQueueLargest: {
    kind: 'gauge',
    name: 'sendQueue.largest',
    unit: 'bytes',
    help: 'Bytes that wait for the client that is furthest behind, as of the last seconds.',
  },
  registryRevision: {
    kind: 'gauge',
    name: 'process.registryRevision',
    help: 'Number of the last change of who is in the cluster that this server knows of; that of the master is registry.revision.',
  },
  requestRunning: {
    kind: 'gauge',
    name: 'request.running',
    help: 'Requests whose handlers here have not answered yet.',
  },
  rpcRunning: {
    kind: 'gauge',
    name: 'rpc.running',
    help: 'Calls of other servers whose remotes here have not answered yet.',
  },
} as const satisfies MeasureTable;
