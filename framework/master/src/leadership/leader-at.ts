import { type ClusterKeys, connectOperator, dialSecure } from '@pomelo-ts/cluster';
import { isEverywhere, isLoopback } from '@pomelo-ts/common/internal';
import type { LeaderAnswer } from '../operator-commands.js';
import { showLeader } from './leader.js';

/** Where a master may be dialed. */
export interface MasterPlace {
  readonly host: string;
  readonly port: number;
}

/** How long the dial and its proof may take, and then the answer, in ms. */
const dialMs = 2000;
const answerMs = 3000;

/**
 * The master that leads at this place, as it says itself; undefined when none of this environment does that knows the secret: whoever else
 * answers proves nothing.
 */
export async function leaderAt(
  { host, port }: MasterPlace,
  keys: ClusterKeys,
  env: string,
): Promise<string | undefined> {
  if (!Number.isInteger(port) || port < 1 || port > 65_535 || host === '' || host.length > 255)
    return undefined;
  try {
    const client = await connectOperator({
      dial: () => dialSecure({ host, port, timeoutMs: dialMs }, keys.operator),
    });
    const late = setTimeout(() => client.close(), answerMs);
    try {
      const { leads, env: its, leader } = (await client.request('leader')) as LeaderAnswer;
      return leads && its === env && leader ? showLeader(leader) : undefined;
    } finally {
      clearTimeout(late);
      client.close();
    }
  } catch {
    return undefined; // nobody is there, or somebody who does not know the secret
  }
}

/** What proves the word of a host that a master acts there; one that listens everywhere, or at its own machine alone, is at that host. */
export function proofOf(
  host: string,
  at: MasterPlace | undefined,
  ask: (place: MasterPlace) => Promise<string | undefined>,
): Promise<string | undefined> {
  if (!at) return Promise.resolve(undefined);
  const there = isEverywhere(at.host) || isLoopback(at.host);
  return ask({ host: there ? host : at.host, port: at.port });
}
