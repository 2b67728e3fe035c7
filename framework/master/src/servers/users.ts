import type { LinkHub } from '@pomelo-ts/cluster/masters';
import { reasonOf } from '@pomelo-ts/common';
import { listOf, numberOf, objectOf, textOf, wholeOf } from '../hosts/said.js';

/** A session of a user, as its frontend tells it. */
export interface UserSession {
  readonly frontendId: string;
  readonly sessionId: string;
  /** Address of the client, where it has one now. */
  readonly address?: string;
}

/** What frontends answered that were asked for a user. */
export interface UserAnswer {
  readonly sessions: readonly UserSession[];
  /** Frontends that did not answer: the user may be there, too. */
  readonly silent: readonly { readonly id: string; readonly reason: string }[];
}

/** All that is known of a session of a user. */
export interface DescribedSession extends UserSession {
  /** When it began or came to its frontend, in ms since 1970. */
  readonly since: number;
  /** Bytes that the client has not read yet. */
  readonly queue: number;
  /** Requests that have no answer yet. */
  readonly requests: number;
}

/** A user, as far as servers have answered. */
export interface DescribedUser {
  readonly sessions: readonly DescribedSession[];
  /** Channels that the sessions are in. */
  readonly channels: readonly { readonly name: string; readonly server: string }[];
  readonly silent: UserAnswer['silent'];
}

/** How long each frontend may take, in ms. */
const askMs = 500;
/** Most sessions of one user that are told. */
const mostSessions = 1000;
/** Most channels of a user that are told, and the longest name of one, in characters. */
const mostChannels = 200;
const longestName = 256;

/** What operators want to know of users, and do to them. */
export class Users {
  readonly #hub: LinkHub;

  constructor(hub: LinkHub) {
    this.#hub = hub;
  }

  /** The sessions of a user on all frontends. */
  find(uid: string): Promise<UserAnswer> {
    return this.#askAll('user', { uid });
  }

  /** All that is known of a user: frontends know the sessions, and the servers that have the channels the names of those. */
  async describe(uid: string): Promise<DescribedUser> {
    const frontends = this.#hub.registry.all.filter(({ frontend }) => frontend).map(({ id }) => id);
    const found = await this.#ask(frontends, 'describe user', () => ({ uid }), readDescribed);
    const sessions = found.told.flat().slice(0, mostSessions);
    const numbers = numbersOf(sessions.flatMap(({ channels }) => channels));
    const named = await this.#ask(
      [...numbers.keys()],
      'channel names',
      (id) => ({ numbers: numbers.get(id) }),
      (server, answer) => readNames(answer).map((name) => ({ name, server })),
    );
    return {
      sessions: sessions.map(({ channels: _, ...session }) => session),
      channels: named.told.flat().slice(0, mostChannels),
      silent: [...found.silent, ...named.silent],
    };
  }

  /** Ends the sessions of a user on all frontends; gives those. `reason` is told to the clients. */
  kick(uid: string, reason: string): Promise<UserAnswer> {
    return this.#askAll('kick user', { uid, reason });
  }

  async #askAll(command: string, args: object): Promise<UserAnswer> {
    const frontends = this.#hub.registry.all.filter(({ frontend }) => frontend).map(({ id }) => id);
    const { told, silent } = await this.#ask(frontends, command, () => args, readSessions);
    return { sessions: told.flat().slice(0, mostSessions), silent };
  }

  async #ask<T>(
    ids: readonly string[],
    command: string,
    argsOf: (id: string) => object,
    read: (id: string, answer: unknown) => T,
  ): Promise<{ readonly told: readonly T[]; readonly silent: UserAnswer['silent'] }> {
    const told: T[] = [];
    const silent: { readonly id: string; readonly reason: string }[] = [];
    await Promise.all(
      ids.map(async (id) => {
        try {
          told.push(await this.#hub.ask(id, command, argsOf(id), askMs, (answer) => read(id, answer)));
        } catch (error) {
          silent.push({ id, reason: reasonOf(error) });
        }
      }),
    );
    return { told, silent };
  }
}

function readSessions(frontendId: string, answer: unknown): UserSession[] {
  const { sessions } = objectOf(answer);
  if (!Array.isArray(sessions)) throw new Error('expected a list of sessions');
  return sessions.slice(0, mostSessions).map((one) => {
    const { sessionId, address } = objectOf(one);
    return {
      frontendId,
      sessionId: textOf(sessionId).slice(0, 100),
      ...(address !== undefined && { address: textOf(address).slice(0, 100) }),
    };
  });
}

type WithChannels = DescribedSession & {
  readonly channels: readonly { readonly owner: string; readonly number: number }[];
};

function readDescribed(frontendId: string, answer: unknown): WithChannels[] {
  const { sessions } = objectOf(answer);
  const readChannel = (one: unknown) => {
    const { owner, number } = objectOf(one);
    return { owner: textOf(owner, longestName), number: wholeOf(number, 0) };
  };
  const more = listOf(sessions, objectOf, mostSessions).map(({ since, queue, requests, channels }) => ({
    since: numberOf(since),
    queue: wholeOf(queue, 0),
    requests: wholeOf(requests, 0),
    channels: listOf(channels, readChannel, mostChannels),
  }));
  return readSessions(frontendId, answer).map((session, at) => ({ ...session, ...more[at]! }));
}

/** The numbers of channels by the server that has them, each once. */
function numbersOf(channels: WithChannels['channels']): Map<string, number[]> {
  const byServer = new Map<string, Set<number>>();
  for (const { owner, number } of channels.slice(0, mostChannels))
    byServer.set(owner, (byServer.get(owner) ?? new Set()).add(number));
  return new Map([...byServer].map(([id, numbers]) => [id, [...numbers]]));
}

/** One that is gone by now has no name. */
const readNames = (answer: unknown): readonly string[] =>
  listOf(
    objectOf(answer)['names'],
    (name) => (name === null ? [] : [textOf(name, longestName)]),
    mostChannels,
  ).flat();
