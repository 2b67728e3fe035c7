import { type RegistryView, serves } from '@pomelo-ts/cluster';
import { type Clock, reasonOf } from '@pomelo-ts/common';
import type { ClientSession } from '../client-link.js';
import type { ServiceMethod } from '../service.js';
import { SessionLink } from '../session/session-link.js';
import type { SessionTable } from '../session/session-table.js';
import { type ProbeAnswer, probeRemotes } from './probe-names.js';
import { ProbeWords } from './probe-words.js';
import { ProbedSession } from './probed-session.js';

/** What {@link ProbeDesk} works with. */
export interface ProbeDeskParts {
  readonly serverId: string;
  readonly table: Pick<SessionTable, 'dismiss'>;
  readonly registry: RegistryView;
  request(serverId: string, method: string, args: unknown[]): Promise<unknown>;
  readonly clock: Clock;
}

/** Lets probes in to a frontend, which are clients of the cluster itself, and has backends push to them: one after the other. */
export class ProbeDesk {
  readonly #parts: ProbeDeskParts;
  readonly #words: ProbeWords;
  #asked = 0;
  readonly #probed = {
    push: (sessionId: string) => this.#push(sessionId),
    dismiss: (held: SessionLink, reason: string) => this.#parts.table.dismiss(held, reason),
  };

  constructor(parts: ProbeDeskParts) {
    this.#parts = parts;
    this.#words = new ProbeWords(parts.clock);
  }

  /** What other servers may call. */
  get methods(): Readonly<Record<string, ServiceMethod>> {
    return { [probeRemotes.open]: () => this.#words.open() };
  }

  /** The session of who gives such a word in its handshake, in place of the one that every client gets; undefined for others. */
  sessionFor(word: unknown, session: ClientSession | undefined): ClientSession | undefined {
    if (!(session instanceof SessionLink) || !this.#words.take(word)) return undefined;
    return new ProbedSession(session, this.#probed);
  }

  async #push(sessionId: string): Promise<ProbeAnswer> {
    const { registry, request, serverId } = this.#parts;
    const backends = registry.all.filter((entry) => !entry.frontend && serves(entry));
    const backend = backends[this.#asked++ % backends.length]?.id;
    if (backend === undefined) return {};
    try {
      await request(backend, probeRemotes.push, [serverId, sessionId]);
      return { backend };
    } catch (error) {
      return { backend, failure: reasonOf(error) };
    }
  }
}
