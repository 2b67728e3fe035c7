import type { ClusterConfig } from '@pomelo-ts/cluster';
import { silentLogger } from '@pomelo-ts/common';
import { openFilesLimit } from '@pomelo-ts/common/internal';
import { buildIdOf } from '@pomelo-ts/master';
import { type HostLook, type HostsLook, lookAtHosts, whyElsewhere } from '@pomelo-ts/master/internal';
import { coreBootScript, hostAgentScript } from '../commands/start/scripts.js';

/** What this machine sees of the hosts. */
export interface LookAround extends HostsLook {
  /** Whether a master may run on this machine: else it need not reach the other hosts, and none of them was tried. */
  readonly asMaster: boolean;
}

/**
 * Servers on this machine may open as many files as the master that starts them: what the shell of this command may says nothing, as
 * another one, or systemd, has started that.
 */
function withLimitOf(masterPid: number | undefined, look: HostsLook): HostsLook {
  if (masterPid === undefined) return look;
  const openFiles = openFilesLimit(`/proc/${masterPid}/limits`);
  const seen = [...look.seen].map(([name, one]): [string, HostLook] => {
    if (!one.here) return [name, one];
    const { openFiles: _, ...facts } = one.facts;
    return [name, { ...one, facts: openFiles === undefined ? facts : { ...facts, openFiles } }];
  });
  return { ...look, seen: new Map(seen) };
}

/** Looks at this machine, and where a master may run also over SSH at the other hosts of the topology. Never rejects. */
export async function lookAround(
  config: ClusterConfig | undefined,
  masterPid: number | undefined,
): Promise<LookAround> {
  if (!config) return { asMaster: false, seen: new Map(), unusable: new Map() };
  const { master, servers, root } = config;
  const places = await Promise.all(
    master.masters.map(async (address) => ({ address, here: await isHere(address.host) })),
  );
  const mine = places.filter(({ here }) => here).map(({ address }) => address);
  const named = mine.find(({ host, port }) => host === master.host && port === master.port);
  const place = named ?? mine[0];
  const asMaster = place !== undefined;
  const own = await Promise.all(servers.map(({ host }) => isHere(host)));
  const look = await lookAtHosts(
    servers.filter((_, index) => asMaster || own[index]),
    {
      config: () => ({ root, master: { ...master, ...place } }),
      bootScript: coreBootScript(),
      agentScript: hostAgentScript(),
      buildId: buildIdOf(root),
      logger: silentLogger, // what goes wrong is a finding
    },
    Date.now,
  );
  return { asMaster, ...withLimitOf(masterPid, look) };
}

const isHere = async (host: string) => (await whyElsewhere(host)) === undefined;
