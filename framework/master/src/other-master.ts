import type { ServerEntry } from '@pomelo-ts/cluster';
import { type Clock, delay, PomeloError } from '@pomelo-ts/common';
import type { ProcessHost } from './hosts/process-host.js';
import type { Acting } from './processes/acting-master.js';
import type { ServerPlace } from './processes/process-marks.js';

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

/** Most servers that an error names. */
const mostNamed = 3;

/**
 * Looks whether a game in another folder runs these servers: the next master there would take them over, while one here would have them
 * end and start others in their place. Hosts that cannot be reached tell nothing.
 *
 * @throws SERVERS_ELSEWHERE
 */
export async function requireNoneElsewhere(
  hosts: readonly ProcessHost[],
  servers: readonly ServerEntry[],
): Promise<void> {
  const ask = async (host: ProcessHost) => {
    const own = servers.filter((server) => server.host === host.name);
    const found = own.length > 0 ? await host.elsewhere(own.map(placeOf)).catch(() => []) : [];
    return found.map((server) => ({ ...server, host: host.name }));
  };
  const found = (await Promise.all(hosts.map(ask))).flat();
  const [first] = found;
  if (!first) return;
  const more = found.length > mostNamed ? ` and ${found.length - mostNamed} more` : '';
  const named = found.slice(0, mostNamed).map(({ id, pid, port }) => `${id} (pid ${pid}, port ${port})`);
  const folder = first.root.replace(/\p{Cc}/gu, '?');
  throw new PomeloError('SERVERS_ELSEWHERE', { servers: named.join(', ') + more, folder, host: first.host });
}

const placeOf = ({ id, host, port, clientPort }: ServerEntry): ServerPlace => ({
  id,
  host,
  ports: [port, clientPort].filter((one) => one !== undefined),
});
