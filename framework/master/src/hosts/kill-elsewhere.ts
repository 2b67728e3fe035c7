import type { ServerEntry } from '@pomelo-ts/cluster';
import { type Clock, delay, reasonOf, systemClock } from '@pomelo-ts/common';
import type { ProcessHost } from '../processes/process-host.js';
import { Hosts, type HostsOptions } from './hosts.js';
import { whyElsewhere } from './local-hosts.js';

/** What came of {@link killElsewhere}. */
export interface KilledElsewhere {
  /** Ids of the servers that were killed. */
  readonly killed: readonly string[];
  /** Why nothing is known of a host, by its name. */
  readonly unreached: ReadonlyMap<string, string>;
}

/** How long processes may take to be gone, in ms. */
const goneMs = 3000;
const lookMs = 20;

/**
 * Kills all servers of a game on the hosts that are not this machine, by what their hosts have written down: for an operator who has
 * no master any more.
 */
export async function killElsewhere(
  servers: readonly Pick<ServerEntry, 'host'>[],
  options: Omit<HostsOptions, 'clock'> & { readonly clock?: Clock },
): Promise<KilledElsewhere> {
  const { clock = systemClock } = options;
  const hosts = new Hosts({ ...options, clock });
  const killed: string[] = [];
  const unreached = new Map<string, string>();
  const kill = async (name: string) => {
    if ((await whyElsewhere(name)) === undefined) return;
    try {
      await hosts.locate([name]); // no more: what is killed need not see any master
      killed.push(...(await killOn(hosts.get(name), clock)));
    } catch (error) {
      unreached.set(name, reasonOf(error));
    }
  };
  try {
    await Promise.all([...new Set(servers.map(({ host }) => host))].map(kill));
  } finally {
    hosts.close();
  }
  return { killed, unreached };
}

async function killOn(host: ProcessHost, clock: Clock): Promise<readonly string[]> {
  const found = await host.left();
  for (const { bootId } of found) host.kill(bootId, 'SIGKILL');
  for (let waited = 0; waited < goneMs; waited += lookMs) {
    if ((await host.left()).length === 0) return found.map(({ id }) => id);
    await delay(lookMs, clock);
  }
  throw new Error(`some servers live on ${goneMs} ms after they were killed`);
}
