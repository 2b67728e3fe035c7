import type { MeasureTable } from '@pomelo-ts/common';

/** What a server has at this moment: each is read when its measures are told. */
export const gaugeMeasures = {
  clientConnected: {
    kind: 'gauge',
    name: 'client.connected',
    help: 'Clients connected to this frontend now; 0 on a backend.',
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
