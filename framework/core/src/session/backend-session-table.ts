import type { Counters, Logger } from '@pomelo-ts/common';
import { briefError } from '@pomelo-ts/common/internal';
import type { AliveSessions } from '../forward/forward-frame.js';
import type { SessionSnapshot } from '../session.js';
import { BackendSession, type SessionCall } from './backend-session.js';

/** The sessions that one life of a frontend has told this backend of. */
interface FrontendLife {
  readonly bootId: string;
  readonly sessions: Map<number, BackendSession>;
}

/** All sessions that this backend holds state for. */
export class BackendSessionTable {
  readonly #frontends = new Map<string, FrontendLife>();
  readonly #call: SessionCall;
  readonly #listeners: readonly ((session: BackendSession, reason: string) => void)[];
  readonly #counters: Counters;
  readonly #logger: Logger;

  constructor(options: {
    call: SessionCall;
    /** Who wants to hear of every session's end. */
    listeners: readonly ((session: BackendSession, reason: string) => void)[];
    counters: Counters;
    logger: Logger;
  }) {
    this.#call = options.call;
    this.#listeners = options.listeners;
    this.#counters = options.counters;
    this.#logger = options.logger;
  }

  get size(): number {
    let size = 0;
    for (const { sessions } of this.#frontends.values()) size += sessions.size;
    return size;
  }

  /** The session, when this backend has seen this version of it. */
  find(frontendId: string, bootId: string, sessionId: number, version: number): BackendSession | undefined {
    const life = this.#frontends.get(frontendId);
    if (life?.bootId !== bootId) return undefined;
    const session = life.sessions.get(sessionId);
    return session?.version === version ? session : undefined;
  }

  /** Takes over a snapshot. */
  update(
    frontendId: string,
    bootId: string,
    sessionId: number,
    version: number,
    snapshot: SessionSnapshot,
  ): BackendSession {
    const session = this.#open(frontendId, bootId, sessionId);
    session.update(snapshot, version);
    return session;
  }

  /**
   * Notes that this version of the session could not be read: its requests fail with `error` until there is another one,
   * and nobody else's.
   */
  unreadable(
    frontendId: string,
    bootId: string,
    sessionId: number,
    version: number,
    error: Error,
  ): BackendSession {
    const session = this.#open(frontendId, bootId, sessionId);
    session.version = version;
    session.unreadable = error;
    return session;
  }

  /** The frontend says that the session has ended. */
  close(frontendId: string, bootId: string, sessionId: number, reason: string): void {
    const life = this.#frontends.get(frontendId);
    const session = life?.bootId === bootId ? life.sessions.get(sessionId) : undefined;
    if (!session) return;
    life!.sessions.delete(sessionId);
    this.#end(session, reason);
  }

  /** The frontend lists its sessions, after a broken connection: all others in that range of ids have ended meanwhile. */
  keepOnly(frontendId: string, bootId: string, { from, to, ids }: AliveSessions): void {
    const life = this.#frontends.get(frontendId);
    if (life?.bootId !== bootId) return;
    const alive = new Set(ids);
    for (const id of [...life.sessions.keys()])
      if (id >= from && id <= to && !alive.has(id)) this.close(frontendId, bootId, id, 'disconnected');
  }

  /** A frontend has left the cluster, and all its sessions with it. */
  frontendGone(frontendId: string, bootId: string): void {
    const life = this.#frontends.get(frontendId);
    if (life?.bootId !== bootId) return;
    this.#frontends.delete(frontendId);
    for (const session of life.sessions.values()) this.#end(session, 'frontend gone');
  }

  #open(frontendId: string, bootId: string, sessionId: number): BackendSession {
    const { sessions } = this.#life(frontendId, bootId);
    let session = sessions.get(sessionId);
    if (!session) {
      session = new BackendSession(sessionId, frontendId, this.#call);
      sessions.set(sessionId, session);
    }
    return session;
  }

  #life(frontendId: string, bootId: string): FrontendLife {
    const life = this.#frontends.get(frontendId);
    if (life?.bootId === bootId) return life;
    if (life) this.frontendGone(frontendId, life.bootId);
    const begun = { bootId, sessions: new Map<number, BackendSession>() };
    this.#frontends.set(frontendId, begun);
    return begun;
  }

  #end(session: BackendSession, reason: string): void {
    for (const listener of session.end(reason)) this.#tell(() => listener(reason));
    for (const listener of this.#listeners) this.#tell(() => listener(session, reason));
  }

  #tell(listener: () => void): void {
    try {
      listener();
    } catch (error) {
      this.#counters.add('session.failedListeners');
      this.#logger.error('a listener for the end of a session failed', { error: briefError(error) });
    }
  }
}
