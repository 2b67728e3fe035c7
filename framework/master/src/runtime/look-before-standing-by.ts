import type { ClusterConfig } from '@pomelo-ts/cluster';
import { type Clock, type Logger, reasonOf } from '@pomelo-ts/common';
import { Hosts } from '../hosts/hosts.js';
import { Topology } from '../topology.js';
import { requireOwnServers } from './other-master.js';

/** Which game would be led, and by what. */
export interface CandidateFacts {
  readonly config: ClusterConfig;
  readonly bootScript: string;
  readonly agentScript: string;
  readonly buildId: string;
}

/**
 * Looks on all hosts whether the servers run from another folder than this game's, as those of a release before do: a master that stands by
 * here could not take them over.
 *
 * @throws SERVERS_ELSEWHERE
 */
export async function lookBeforeStandingBy(
  options: CandidateFacts,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
): Promise<void> {
  const { config, bootScript, agentScript, buildId } = options;
  const { servers } = new Topology(config);
  const hosts = new Hosts({ config: () => config, bootScript, agentScript, buildId, clock, logger });
  try {
    await hosts.locate(servers.flatMap(({ host, external }) => (external ? [] : [host])));
    await requireOwnServers({ hosts, servers }, hosts.all);
    for (const [name, error] of hosts.leftOut(servers))
      logger.warn('A host would be left out if this master led.', { host: name, reason: reasonOf(error) });
  } finally {
    hosts.close();
  }
}
