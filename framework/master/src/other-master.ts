import { type Clock, delay, PomeloError } from '@pomelo-ts/common';
import type { ProcessHost } from './hosts/process-host.js';
import type { Acting } from './processes/acting-master.js';

/** A sign of life that comes so long after this has begun to look, in ms, is of a master that leads: it gives one every two seconds. */
const lastSignMs = 3000;
/** How long one that is silent may take to be gone from all hosts, in ms: its host agents give it up before. */
const goneMs = 20_000;
const lookMs = 100;

/**
 * Looks whether another master leads these hosts, for one that shares no store with others: two that act on the same hosts would end and
 * start each other's servers. What a master that has ended just now has left is waited for. Gives the names of hosts that could not be
 * asked.
 *
 * @throws MASTER_LEADS
 */
export async function requireNoOther(
  hosts: readonly ProcessHost[],
  clock: Clock,
): Promise<readonly string[]> {
  const begun = clock.now();
  for (;;) {
    const { found, unreached } = await othersOn(hosts);
    const [first] = found;
    if (!first) return unreached;
    const lookedMs = clock.now() - begun;
    const leads = found.find(({ silentMs }) => silentMs < lookedMs - lastSignMs);
    if (leads || lookedMs > goneMs) {
      const { leader, host } = leads ?? first;
      throw new PomeloError('MASTER_LEADS', { leader, host });
    }
    await delay(lookMs, clock);
  }
}

/** Hosts that cannot be reached tell nothing; a start tells of those. */
async function othersOn(hosts: readonly ProcessHost[]) {
  const found: (Acting & { readonly host: string })[] = [];
  const unreached: string[] = [];
  const ask = async (host: ProcessHost) => {
    try {
      const acting = await host.acting();
      if (acting) found.push({ ...acting, host: host.name });
    } catch {
      unreached.push(host.name);
    }
  };
  await Promise.all(hosts.map(ask));
  return { found, unreached };
}
