import { listOf, objectOf, textOf } from '../hosts/said.js';
import { type Pushes, wholeOf } from './pushes.js';

/** Longest name of a channel, and of whoever is in one, in characters. */
export const longestChannelName = 256;

/** A channel as its server tells it. */
export interface ChannelRow {
  readonly name: string;
  readonly server: string;
  readonly members: number;
}

/** Somebody in a channel: a uid on a frontend, or a session without one. */
export interface MemberRow {
  readonly frontendId: string;
  readonly uid?: string | number;
  readonly sessionId?: string;
}

/** A server that gave no answer, and why. */
export interface SilentServer {
  readonly id: string;
  readonly reason: string;
}

/** Channels whose names begin with `prefix`, the largest first. */
export async function findChannels(
  pushes: Pick<Pushes, 'askAll'>,
  prefix: string,
  limit: number,
): Promise<{
  readonly channels: readonly ChannelRow[];
  readonly total: number;
  readonly silent: readonly SilentServer[];
}> {
  const { told, silent } = apart(
    await pushes.askAll('channels', { prefix, limit }, (server, answer) => {
      const { channels, total } = objectOf(answer);
      const read = (one: unknown): ChannelRow => {
        const { name, members } = objectOf(one);
        return { name: textOf(name, longestChannelName), server, members: wholeOf(members) };
      };
      return { channels: listOf(channels, read, limit), total: wholeOf(total) };
    }),
  );
  const all = told.flatMap(({ channels }) => channels);
  return {
    channels: all.sort((a, b) => b.members - a.members).slice(0, limit),
    total: told.reduce((sum, { total }) => sum + total, 0),
    silent,
  };
}

/** Who is in the channels of a name; each server may have one of its own. */
export async function findMembers(pushes: Pick<Pushes, 'askAll'>, name: string, limit: number) {
  const { told, silent } = apart(
    await pushes.askAll('members', { name, limit }, (server, answer) => {
      const { found, total, members } = objectOf(answer);
      return {
        server,
        found: found === true,
        total: wholeOf(total),
        members: listOf(members, readMember, limit),
      };
    }),
  );
  const channels = told.flatMap(({ found, ...channel }) => (found ? [channel] : []));
  return { channels, silent };
}

function readMember(one: unknown): MemberRow {
  const { frontendId, uid, sessionId } = objectOf(one);
  return {
    frontendId: textOf(frontendId, longestChannelName),
    ...(uid !== undefined && { uid: typeof uid === 'number' ? uid : textOf(uid, longestChannelName) }),
    ...(sessionId !== undefined && { sessionId: textOf(sessionId, longestChannelName) }),
  };
}

/** What was told, apart from those who told nothing. */
export function apart<T>(answers: readonly ({ readonly id: string; readonly told: T } | SilentServer)[]) {
  return {
    told: answers.flatMap((one) => ('told' in one ? [one.told] : [])),
    silent: answers.flatMap((one) => ('reason' in one ? [one] : [])),
  };
}
