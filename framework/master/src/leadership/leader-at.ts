import { type ClusterKeys, connectOperator, dialSecure } from '@pomelo-ts/cluster';
import type { MasterAddress } from '@pomelo-ts/cluster/internal';
import { isEverywhere, isLoopback } from '@pomelo-ts/common/internal';
import { showLeader } from './leader.js';
import type { LeaderAnswer } from './leader-answer.js';

/** What is asked of a master that may be of another version. */
type Question = { readonly 'leader.read': { args: object; answer: LeaderAnswer; progress: never } };

/** How long the dial and its proof may take, and then the answer, in ms. */
const dialMs = 2000;
const answerMs = 3000;

/**
 * The master that leads at this place, as it says itself; undefined when none of this environment does that knows the secret: whoever else
 * answers proves nothing.
 */
export async function leaderAt(
  { host, port }: MasterAddress,
  keys: ClusterKeys,
  env: string,
): Promise<string | undefined> {
  if (!Number.isInteger(port) || port < 1 || port > 65_535 || host === '' || host.length > 255)
    return undefined;
  try {
    const client = await connectOperator<Question>({
      dial: () => dialSecure({ host, port, timeoutMs: dialMs }, keys.operator),
    });
    const late = setTimeout(() => client.close(), answerMs);
    try {
      const { leads, env: its, leader } = await client.operate('leader.read', {});
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
  at: MasterAddress | undefined,
  ask: (place: MasterAddress) => Promise<string | undefined>,
): Promise<string | undefined> {
  if (!at) return Promise.resolve(undefined);
  const there = isEverywhere(at.host) || isLoopback(at.host);
  return ask({ host: there ? host : at.host, port: at.port });
}
