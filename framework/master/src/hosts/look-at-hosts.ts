import type { ServerEntry } from '@pomelo-ts/cluster';
import { type Clock, systemClock } from '@pomelo-ts/common';
import type { Acting } from '../processes/acting-master.js';
import type { HostFacts } from '../processes/process-host.js';
import { requireArgFiles } from './arg-files-there.js';
import { Hosts, type HostsOptions } from './hosts.js';
import { whyElsewhere } from './local-hosts.js';

/** What a host told when it was asked. */
export interface HostLook {
  /** Whether it is this machine, which is asked without SSH. */
  readonly here: boolean;
  readonly facts: HostFacts;
  /** By how many ms its clock is ahead of this machine's; its error is at most half of `roundMs`. */
  readonly clockOffsetMs: number;
  /** How long the question took, there and back. */
  readonly roundMs: number;
  /** The master that acts there, by the word of another host. */
  readonly acting?: Acting;
}

/** What came of {@link lookAtHosts}, by the hosts' names in the order of the topology. */
export interface HostsLook {
  readonly seen: ReadonlyMap<string, HostLook>;
  /** The error that a start would end with, which names what is wrong with the host and the cure. */
  readonly unusable: ReadonlyMap<string, unknown>;
}

/**
 * Looks at the hosts of these servers as a start does, all at once and the others over SSH, but starts nothing. Servers that something
 * else starts (`external`) need no SSH.
 *
 * @param wallClock gives the time of day here, in ms since 1970
 */
export async function lookAtHosts(
  servers: readonly Pick<ServerEntry, 'id' | 'args' | 'host' | 'external'>[],
  options: Omit<HostsOptions, 'clock'> & { readonly clock?: Clock },
  wallClock: () => number,
): Promise<HostsLook> {
  const hosts = new Hosts({ ...options, clock: options.clock ?? systemClock });
  const look = async (name: string): Promise<HostLook | undefined> => {
    const here = (await whyElsewhere(name)) === undefined;
    if (!here && servers.every(({ host, external }) => host !== name || external)) return undefined;
    await hosts.prepare([{ host: name }]);
    const begun = wallClock();
    const facts = await hosts.get(name).facts();
    const ended = wallClock();
    if (!here)
      await requireArgFiles(
        hosts.get(name),
        servers.filter(({ host, external }) => host === name && !external),
      );
    const clockOffsetMs = Math.round(facts.time - (begun + ended) / 2);
    const acting = here ? undefined : await hosts.get(name).acting();
    return { here, facts, clockOffsetMs, roundMs: ended - begun, ...(acting && { acting }) };
  };
  const names = [...new Set(servers.map(({ host }) => host))];
  const looks = await Promise.allSettled(names.map(look));
  hosts.close();
  const seen = new Map<string, HostLook>();
  const unusable = new Map<string, unknown>();
  for (const [index, result] of looks.entries()) {
    const name = names[index]!;
    if (result.status === 'rejected') unusable.set(name, result.reason);
    else if (result.value) seen.set(name, result.value);
  }
  return { seen, unusable };
}
