import type { RegistryView } from '@pomelo-ts/cluster';
import type { Measures } from '@pomelo-ts/common';
import { gaugeMeasures } from '../measures/gauge-measures.js';
import type { Frontend } from './frontend.js';
import type { ServerParts } from './server-parts.js';

/** What is read of a server. */
export interface GaugedServer {
  readonly parts: Pick<ServerParts, 'dispatcher' | 'node'>;
  readonly frontend: Pick<Frontend, 'queues' | 'places'> | undefined;
  readonly registry: RegistryView;
  connections(): number;
}

/** Has what a server has at a moment read when its measures are told. */
export function makeOwnGauges(measures: Measures, server: GaugedServer): void {
  const { parts, frontend, registry } = server;
  const queues = frontend?.queues;
  const states = measures.make(gaugeMeasures.clientStates);
  const noteStates = () => {
    const { handshake = 0, guest = 0, bound = 0 } = frontend?.places.states ?? {};
    states.handshake.set(handshake);
    states.guest.set(guest);
    states.bound.set(bound);
  };
  measures.make(gaugeMeasures.clientConnected, {
    read: () => {
      noteStates(); // a gauge with labels has no function of its own
      return server.connections();
    },
  });
  measures.make(gaugeMeasures.sendQueueBytes, { read: () => queues?.waiting.sum ?? 0 });
  measures.make(gaugeMeasures.sendQueueLargest, { read: () => queues?.waiting.largest ?? 0 });
  measures.make(gaugeMeasures.clientSlow, { read: () => queues?.waiting.slow ?? 0 });
  measures.make(gaugeMeasures.registryRevision, { read: () => registry.revision });
  measures.make(gaugeMeasures.requestRunning, { read: () => parts.dispatcher.running });
  measures.make(gaugeMeasures.rpcRunning, { read: () => parts.node.running });
}
