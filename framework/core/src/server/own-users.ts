import type { SessionService } from '../session/session-service.js';
import type { Uid } from '../session-names.js';

/** What a frontend tells operators of a session. */
interface ToldSession {
  readonly sessionId: string;
  readonly address?: string;
}

/** The uids that an operator means by a text: digits alone may be a number to the game. */
export function uidsOf(text: string): Uid[] {
  const number = Number(text);
  return Number.isSafeInteger(number) && String(number) === text ? [text, number] : [text];
}

/** The sessions of a user on this frontend; none on a backend. */
export function findHere(sessions: SessionService, uid: string): ToldSession[] {
  return uidsOf(uid).flatMap((one) =>
    sessions.localOf(one).map(({ id, remoteAddress }) => ({
      sessionId: String(id),
      ...(remoteAddress !== '' && { address: remoteAddress }),
    })),
  );
}

/** More of what a frontend tells of a session. */
interface DescribedSession extends ToldSession {
  /** When it began or came here, in ms since 1970. */
  readonly since: number;
  /** Bytes that the client has not read yet. */
  readonly queue: number;
  /** Requests without an answer. */
  readonly requests: number;
  /** Channels that it is in, itself or by its uid: their servers know their names. */
  readonly channels: readonly { readonly owner: string; readonly number: number }[];
}

/** Most channels of one session that are told. */
const mostChannels = 200;

/** As {@link findHere}, with all that this frontend knows of them. */
export function describeHere({ local }: SessionService, uid: string): DescribedSession[] {
  return uidsOf(uid).flatMap((one) => {
    const entry = local?.ofUid(one);
    return [...(entry?.sessions ?? [])].map((session) => ({
      sessionId: session.id,
      ...(session.remoteAddress !== '' && { address: session.remoteAddress }),
      since: session.since * 1000,
      queue: session.link.queuedBytes,
      requests: session.waiting,
      channels: [...(entry?.channels ?? []), ...(session.channels ?? [])]
        .slice(0, mostChannels)
        .map(({ ownerId: owner, number }) => ({ owner, number })),
    }));
  });
}

/** Ends them; gives which there were. */
export function kickHere(sessions: SessionService, uid: string, reason: string): ToldSession[] {
  const ended = findHere(sessions, uid);
  for (const one of uidsOf(uid)) sessions.local?.kickUid(one, reason);
  return ended;
}

/** Those of the uids that have a session anywhere in the cluster. */
export async function onlineOf(
  sessions: SessionService,
  uids: readonly (string | number)[],
): Promise<(string | number)[]> {
  const forms = uids.map((uid) => (typeof uid === 'number' ? [uid] : uidsOf(uid)));
  const found = new Set(await sessions.online(forms.flat()));
  return uids.filter((_, at) => forms[at]!.some((uid) => found.has(uid)));
}
