import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { PomeloError } from '@pomelo-ts/common';
import { isEverywhere, isLoopback } from '@pomelo-ts/common/internal';

/**
 * Looks whether servers on another host can find the master: one that listens on its own machine alone is waited for in vain there.
 *
 * @param host where those servers are
 * @param masterHost where the master listens
 * @param masterAddress address of the master's machine that the host sees; undefined when it is not connected directly
 * @throws MASTER_HIDDEN
 */
export async function requireSeenMaster(
  host: string,
  masterHost: string,
  masterAddress: string | undefined,
): Promise<void> {
  const hidden = (reason: string) => new PomeloError('MASTER_HIDDEN', { host, masterHost, reason });
  if (isEverywhere(masterHost)) {
    if (masterAddress !== undefined) return;
    throw hidden('which of its addresses they see is not known over a host on the way');
  }
  const address = isIP(masterHost) === 0 ? await addressOf(masterHost) : masterHost;
  if (address === undefined || !isLoopback(address)) return;
  const means = address === masterHost ? 'that' : `that name means ${address}, which`;
  throw hidden(`${means} is an address which only the master's own host sees`);
}

/** As listening takes it; undefined for a name that nobody knows. */
async function addressOf(name: string): Promise<string | undefined> {
  try {
    return (await lookup(name)).address;
  } catch {
    return undefined; // the master itself tells that it cannot listen there
  }
}
