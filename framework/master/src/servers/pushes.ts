import type { RegistryEntry } from '@pomelo-ts/cluster';
import type { LinkHub } from '@pomelo-ts/cluster/masters';
import { PomeloError, reasonOf } from '@pomelo-ts/common';
import { objectOf } from '../hosts/said.js';
import { type AskedPush, PushLine, type PushOutcome } from './push-line.js';

/** Whom a push is for. A channel belongs to the server that made it; where that is not told, all servers are asked. */
export type PushTarget =
  | { readonly uids: readonly (string | number)[] }
  | { readonly sessions: readonly string[] }
  | { readonly channel: string; readonly server?: string | undefined }
  | { readonly type: string }
  | { readonly all: true };

/** A push of another program. */
export interface PushRequest {
  readonly to: PushTarget;
  readonly route: string;
  readonly body: unknown;
}

/** What came of a push. */
export interface PushAnswer {
  /** Of `uids`, how many have a session; else to how many connections it went. */
  readonly delivered: number;
  /** Of `uids` and `sessions`, how many have none; else how many frontends did not answer. */
  readonly failed: number;
  /** Servers that did not answer: it may have gone to clients of theirs or not. */
  readonly silent: readonly { readonly id: string; readonly reason: string }[];
}

/** Whoever is named twice is meant once. */
const eachOnce = <T>(list: readonly T[]): readonly T[] => (list.length > 1 ? [...new Set(list)] : list);

/** How long a server may take for what is asked about channels and users, in ms. */
const askMs = 500;

/** Pushes of other programs, and what they ask about channels and users. */
export class Pushes {
  readonly #hub: LinkHub;
  readonly #lines = new Map<string, PushLine>();
  #turn = 0;

  constructor(hub: LinkHub) {
    this.#hub = hub;
    hub.on('serverEnded', ({ id }) => void this.#lines.delete(id));
  }

  /** @throws PUSH_BUSY; PUSH_UNSENT when no server is there that could send it; what the game's own rules say of the push */
  async send({ to, route, body }: PushRequest): Promise<PushAnswer> {
    const push = (target: AskedPush['to']) => ({ to: target, route, body });
    if ('uids' in to) return one(await this.#from(this.#anyServer(), push({ uids: eachOnce(to.uids) })));
    if ('type' in to) return one(await this.#from(this.#anyServer(), push(to)));
    if ('sessions' in to) {
      const sessions = eachOnce(to.sessions);
      const answer = together(await this.#fromAll(this.#frontends, push({ sessions })));
      return { ...answer, failed: Math.max(0, sessions.length - answer.delivered) };
    }
    if ('all' in to) {
      const types = [...new Set(this.#frontends.map(({ type }) => type))];
      return together(await Promise.all(types.map((type) => this.#from(this.#anyServer(), push({ type })))));
    }
    const { channel, server } = to;
    if (server !== undefined) return one(await this.#from(this.#there(server), push({ channel })));
    return together(await this.#fromAll(this.#ready, push({ channel })));
  }

  /** Those of the uids that have a session. @throws PUSH_UNSENT, SERVER_SILENT */
  online(uids: readonly (string | number)[]): Promise<readonly (string | number)[]> {
    return this.#hub.ask(this.#anyServer(), 'online', { uids }, askMs, (answer) => {
      const { online } = objectOf(answer);
      if (!Array.isArray(online)) throw new Error('expected a list of uids');
      const told = new Set<unknown>(online);
      return uids.filter((uid) => told.has(uid));
    });
  }

  /** How many uids have a session, and how many clients are connected to servers of each type. @throws PUSH_UNSENT, SERVER_SILENT */
  async count(): Promise<{ readonly uids: number; readonly connections: number }> {
    const uids = await this.#hub.ask(this.#anyServer(), 'count users', {}, askMs, (answer) =>
      wholeOf(objectOf(answer)['uids']),
    );
    const connected = this.#frontends.map(({ id }) => this.#hub.statsOf(id)?.connections ?? 0);
    return { uids, connections: connected.reduce((sum, count) => sum + count, 0) };
  }

  /** Of each server that is ready what `read` makes of its answer, or why there is none. */
  askAll<T>(command: string, args: object, read: (id: string, answer: unknown) => T) {
    return Promise.all(
      this.#ready.map(async ({ id }) => {
        try {
          return { id, told: await this.#hub.ask(id, command, args, askMs, (answer) => read(id, answer)) };
        } catch (error) {
          return { id, reason: reasonOf(error) };
        }
      }),
    );
  }

  /** Nothing is kept for a name that is no server's. @throws SERVER_SILENT */
  #there(id: string): string {
    if (this.#hub.registry.get(id)) return id;
    throw new PomeloError('SERVER_SILENT', { serverId: id, command: 'push', reason: 'it is not connected' });
  }

  #from(id: string, push: AskedPush): Promise<PushOutcome> {
    let line = this.#lines.get(id);
    if (!line) {
      line = new PushLine(this.#hub, id);
      this.#lines.set(id, line);
    }
    return line.send(push);
  }

  #fromAll(servers: readonly RegistryEntry[], push: AskedPush): Promise<readonly Told[]> {
    return Promise.all(
      servers.map(async ({ id }) => {
        try {
          return await this.#from(id, push);
        } catch (error) {
          return { id, reason: reasonOf(error) };
        }
      }),
    );
  }

  /** One after the other, frontends first: they keep the directory of uids. */
  #anyServer(): string {
    const able = this.#frontends.length > 0 ? this.#frontends : this.#ready;
    const server = able[this.#turn++ % Math.max(1, able.length)];
    if (!server) throw new PomeloError('PUSH_UNSENT', {});
    return server.id;
  }

  get #ready(): readonly RegistryEntry[] {
    return this.#hub.registry.all.filter(({ state }) => state === 'ready' || state === 'draining');
  }

  get #frontends(): readonly RegistryEntry[] {
    return this.#ready.filter(({ frontend }) => frontend);
  }
}

type Told = PushOutcome | { readonly id: string; readonly reason: string };

const one = (outcome: PushOutcome): PushAnswer => ({ ...outcome, silent: [] });

function together(told: readonly Told[]): PushAnswer {
  const outcomes = told.flatMap((answer) => ('id' in answer ? [] : [answer]));
  return {
    delivered: outcomes.reduce((sum, { delivered }) => sum + delivered, 0),
    failed: outcomes.reduce((sum, { failed }) => sum + failed, 0),
    silent: told.flatMap((answer) => ('id' in answer ? [answer] : [])),
  };
}

/** A whole number that a server has told. */
export function wholeOf(value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new Error('expected a whole number');
}
