import type { OwnFacts } from '@pomelo-ts/cluster/internal';
import type { LinkHub } from '@pomelo-ts/cluster/masters';
import { readFacts } from './server-answers.js';
import type { ServerRow } from './server-row.js';

/** What one server that runs tells of its host. */
export interface HostFacts extends Omit<OwnFacts, 'time'> {
  /** The host as the topology names it. */
  readonly host: string;
  readonly serverId: string;
  /** By how many ms its clock is ahead of the master's; its error is at most half of `roundMs`. */
  readonly clockOffsetMs: number;
  /** How long the question took, there and back. */
  readonly roundMs: number;
}

const askMs = 3000;

/** Asks all servers that are linked; those that do not answer are left out. `now` gives the time of this host's clock. */
export async function hostFacts(
  hub: LinkHub,
  rows: readonly ServerRow[],
  now: () => number,
): Promise<readonly HostFacts[]> {
  const linked = rows.filter(({ id, bootId }) => bootId !== undefined && hub.isLinked(id, bootId));
  const asked = linked.map(async ({ id, host }): Promise<HostFacts | undefined> => {
    const begun = now();
    try {
      const { time, ...facts } = await hub.ask(id, 'facts', {}, askMs, readFacts);
      const ended = now();
      const clockOffsetMs = Math.round(time - (begun + ended) / 2);
      return { ...facts, host, serverId: id, clockOffsetMs, roundMs: Math.round(ended - begun) };
    } catch {
      return undefined; // it hangs, or has just gone: the list tells
    }
  });
  return (await Promise.all(asked)).filter((facts) => facts !== undefined);
}
