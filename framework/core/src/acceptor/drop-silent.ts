import type { AcceptorContext } from '../acceptor.js';
import type { CoreMeasures } from '../measures.js';
import { type ClientConnection, connectionState } from './client-connection.js';

/** Ends the clients that have been silent for too long, or in their handshake. `second` is that of the clock that they were heard by. */
export function dropSilent(
  clients: Iterable<ClientConnection>,
  second: number,
  { heartbeatTimeoutMs, handshakeTimeoutMs }: AcceptorContext['client'],
  counters: CoreMeasures,
): void {
  const silentSince = heartbeatTimeoutMs === false ? -1 : second - Math.ceil(heartbeatTimeoutMs / 1000);
  const handshakeSince = second - Math.ceil(handshakeTimeoutMs / 1000);
  for (const connection of clients) {
    const working = connection.state === connectionState.working;
    if (connection.heardAt >= (working ? silentSince : handshakeSince)) continue;
    counters[working ? 'clientTimedOut' : 'clientNeverHandshook'].add();
    connection.drop(working ? 'heartbeat timeout' : 'handshake timeout');
  }
}
