import { isIP } from 'node:net';
import { isLoopback } from '@pomelo-ts/common/internal';
import type { ServerEntry } from './settings-types.js';

/** All of a machine: by both families of addresses, else by the old one alone where the system has no other. */
const everywhere = ['::', '0.0.0.0'] as const;

/**
 * Where a frontend listens for clients: at the first of these addresses that its machine can. That is `clientListen` where it is
 * given; else the loopback address that clients are told, where only programs of this machine can be meant; else all addresses.
 */
export function clientPlaces(
  server: Pick<ServerEntry, 'host' | 'clientHost' | 'clientListen'>,
): readonly string[] {
  const { host, clientHost = host, clientListen } = server;
  if (clientListen !== undefined) return [clientListen];
  if (![host, clientHost].every(isLoopback)) return everywhere;
  return [isIP(clientHost) === 0 ? '127.0.0.1' : clientHost];
}
