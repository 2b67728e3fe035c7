import type { LinkHub } from '@pomelo-ts/cluster/masters';
import { reasonOf } from '@pomelo-ts/common';
import { objectOf, textOf } from '../hosts/said.js';

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

/** How long each frontend may take, in ms. */
const askMs = 500;
/** Most sessions of one user that are told. */
const mostSessions = 1000;

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

  /** Ends the sessions of a user on all frontends; gives those. `reason` is told to the clients. */
  kick(uid: string, reason: string): Promise<UserAnswer> {
    return this.#askAll('kick user', { uid, reason });
  }

  async #askAll(command: string, args: object): Promise<UserAnswer> {
    const frontends = this.#hub.registry.all.filter(({ frontend }) => frontend);
    const answers = await Promise.all(
      frontends.map(async ({ id }) => {
        try {
          return await this.#hub.ask(id, command, args, askMs, (answer) => readSessions(id, answer));
        } catch (error) {
          return { id, reason: reasonOf(error) };
        }
      }),
    );
    return {
      sessions: answers.flatMap((one) => ('reason' in one ? [] : one)).slice(0, mostSessions),
      silent: answers.flatMap((one) => ('reason' in one ? [one] : [])),
    };
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
