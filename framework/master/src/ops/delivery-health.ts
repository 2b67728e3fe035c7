import type { ToldMeasures } from '@pomelo-ts/cluster/masters';
import { otherValue } from '@pomelo-ts/common/internal';
import type { HealthFinding } from '@pomelo-ts/common/ops';

/** The measure by which a server tells what its probes have found, by connector. */
const measureName = 'client.probeFailing';

/** Most connectors that are named in a finding. */
const mostNamed = 20;

/** A server that has told what it measures. */
export interface Prober {
  readonly id: string;
  readonly told: Pick<ToldMeasures, 'all'>;
  /** The network on the blacklist that it is in, so that its probes are not let in. */
  readonly shutOut?: string | undefined;
}

/** A connector to whose clients nothing comes, and the server that has found it. */
interface Failing {
  readonly connector: string;
  readonly by: string;
}

/**
 * Whether what is sent to players arrives, by what the probes of all servers have found; undefined where nobody probes. How far a probe has
 * come is in the log of who sent it.
 */
export function deliveryHealth(probers: Iterable<Prober>): HealthFinding | undefined {
  const probing = new Set<string>();
  const failing: Failing[] = [];
  const shutOut = new Map<string, string>();
  for (const { id: by, told, shutOut: network } of probers) {
    if (network !== undefined) shutOut.set(by, network);
    for (const { definition, owner, rows } of told.all) {
      if (owner !== 'pomelo' || definition.name !== measureName) continue;
      for (const [connector, [fails = 0]] of rows) {
        // each server tells of others, and who does not probe has found nothing of them
        if (connector !== otherValue) probing.add(by);
        if (fails > 0) failing.push({ connector, by });
      }
    }
  }
  if (probing.size === 0) return undefined;
  const details = { probedBy: [...probing].sort(), failing: failing.slice(0, mostNamed) };
  if (failing.length === 0) return { status: 'UP', details };
  const connectors = [...new Set(failing.map(({ connector }) => connector))].sort();
  const more = connectors.length > mostNamed ? ` and ${connectors.length - mostNamed} more` : '';
  const kept = failing.find(({ by }) => shutOut.has(by));
  const { by } = kept ?? failing[0]!;
  const network = shutOut.get(by);
  const why = network === undefined ? '' : `: the blacklist keeps out ${by}, which probes it, by ${network}`;
  return {
    status: 'DOWN',
    cause: `what is sent to clients of ${connectors.slice(0, mostNamed).join(', ')}${more} does not arrive in time${why}`,
    cure:
      network !== undefined
        ? `pomelo-ts blacklist remove ${network}`
        : `pomelo-ts logs ${by} tells how far the probe came; restart what hangs, else look at the network and the port for clients`,
    details,
  };
}
