import { isPomeloError, reasonOf } from '@pomelo-ts/common';
import type { Application } from '../application.js';
import { uidsOf } from './own-users.js';

/** Whom a push of another program is for. */
export type AskedTarget =
  | { readonly uids: readonly (string | number)[] }
  /** Those of them that are connected to this server. */
  | { readonly sessions: readonly string[] }
  /** All clients of a type of frontends. */
  | { readonly type: string }
  /** A channel of this server. */
  | { readonly channel: string };

/** A push that another program has asked the master for. */
export interface AskedPush {
  readonly to: AskedTarget;
  readonly route: string;
  readonly body: unknown;
}

/** What came of one: to how many it went, and of how many it did not. */
export type PushOutcome =
  | { readonly delivered: number; readonly failed: number }
  | { readonly code: string; readonly reason: string };

/** Sends the pushes; each has an outcome of its own. */
export const pushAll = (app: Application, pushes: readonly AskedPush[]): Promise<PushOutcome[]> =>
  Promise.all(
    pushes.map(async (push) => {
      try {
        return await pushOne(app, push);
      } catch (error) {
        return { code: isPomeloError(error) ? error.code : 'UNKNOWN', reason: reasonOf(error) };
      }
    }),
  );

async function pushOne(app: Application, { to, route, body }: AskedPush): Promise<PushOutcome> {
  const msg = body as never; // the routes that a game pushes are not known here
  if ('uids' in to) return pushToUids(app, to.uids, route, msg);
  if ('sessions' in to) return pushToSessions(app, to.sessions, route, msg);
  if ('type' in to) {
    const { delivered, failed } = await app.channels.broadcast(to.type, route as never, msg);
    return { delivered, failed: failed.length };
  }
  const channel = app.channels.get(to.channel);
  if (!channel) return { delivered: 0, failed: 0 };
  const { delivered, failed } = await channel.deliver(route as never, msg);
  return { delivered, failed: failed.length };
}

/** Of uids: how many have a session somewhere, and how many have none. */
async function pushToUids(app: Application, uids: readonly (string | number)[], route: string, msg: never) {
  const meant = uids.map((uid) => (typeof uid === 'number' ? [uid] : uidsOf(uid)));
  const found = new Set(await app.pushTo(meant.flat(), route as never, msg));
  const delivered = meant.filter((forms) => forms.some((uid) => found.has(uid))).length;
  return { delivered, failed: meant.length - delivered };
}

/** Of sessions: how many of them are here; another frontend may have the others. */
function pushToSessions(
  { sessions, channels, serverId: frontendId }: Application,
  ids: readonly string[],
  route: string,
  msg: unknown,
): PushOutcome {
  const here = ids.filter((id) => sessions.local?.get(id)?.gone === false);
  if (here.length > 0)
    channels.pushToSessions(
      route,
      msg,
      here.map((sessionId) => ({ sessionId, frontendId })),
    );
  return { delivered: here.length, failed: 0 };
}

/** A channel as operators see it. */
export interface ToldChannel {
  readonly name: string;
  readonly members: number;
}

/** Channels of this server whose names begin so, with how many there are; the largest first. */
export function channelsHere(
  { channels }: Application,
  { prefix, limit }: { readonly prefix: string; readonly limit: number },
): { readonly channels: readonly ToldChannel[]; readonly total: number } {
  const names = channels.names.filter((name) => name.startsWith(prefix));
  const all = names.map((name) => ({ name, members: channels.get(name)?.size ?? 0 }));
  return {
    channels: all.sort((a, b) => b.members - a.members || (a.name < b.name ? -1 : 1)).slice(0, limit),
    total: names.length,
  };
}

/** Who is in a channel of this server, as far as there is room to tell. */
export function membersHere(
  { channels }: Application,
  { name, limit }: { readonly name: string; readonly limit: number },
) {
  const channel = channels.get(name);
  return {
    found: channel !== undefined,
    total: channel?.size ?? 0,
    members: (channel?.members ?? []).slice(0, limit).map(({ frontendId, uid, sessionId }) => ({
      frontendId,
      ...(uid !== undefined && { uid }),
      ...(sessionId !== undefined && { sessionId }),
    })),
  };
}
