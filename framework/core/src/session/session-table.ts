import { type Counters, type Logger, PomeloError } from '@pomelo-ts/common';
import { briefError } from '@pomelo-ts/common/internal';
import type { ClientConnection } from '../acceptor/client-connection.js';
import type { ChannelMirror } from '../channel/channel-mirror.js';
import type { Uid } from '../session.js';
import { FrontendSession } from './frontend-session.js';
import { checkUid } from './uid.js';

/** What happens when a uid is bound to a second session. */
export type PerUidPolicy = 'many' | 'replace' | 'refuse';

/** The sessions of one uid on this frontend, and the channels that the uid is a member of through it. */
export interface UidEntry {
  readonly uid: Uid;
  readonly sessions: Set<FrontendSession>;
  channels: Set<ChannelMirror> | undefined;
}

/** The other frontends, asked when a uid may have one session only. */
export interface OtherFrontends {
  /** Whether any other frontend holds the uid, or is about to with the better claim. */
  anyHolds(uid: Uid): Promise<boolean>;
  /** Kicks the uid's sessions on all other frontends; true when one of them binds it now and has the better claim. */
  replace(uid: Uid): Promise<boolean>;
}

/** A session on its way to a uid. */
interface Claim {
  readonly session: FrontendSession;
  /** Whether a frontend with a better claim has come in between. */
  lost: boolean;
}

/** What the table tells of its sessions. */
export interface SessionTableListener {
  /** The last session of the uid on this frontend is unbound or gone. */
  uidLeft(entry: UidEntry): void;
  closed(session: FrontendSession, reason: string): void;
  bound?(session: FrontendSession): void;
  unbound?(session: FrontendSession, uid: Uid): void;
}

/** Settings of a {@link SessionTable}. */
export interface SessionTableOptions {
  readonly serverId: string;
  readonly policy: PerUidPolicy;
  readonly others: OtherFrontends;
  readonly listener: SessionTableListener;
  readonly logger: Logger;
  readonly counters: Counters;
}

/** All sessions of one frontend, by id and by uid. */
export class SessionTable {
  readonly serverId: string;
  readonly #options: SessionTableOptions;
  readonly #byId = new Map<number, FrontendSession>();
  readonly #byUid = new Map<Uid, UidEntry>();
  /** Sessions that are being bound to a uid while the other frontends are asked. */
  readonly #claims = new Map<Uid, Claim>();
  #lastId = 0;

  constructor(options: SessionTableOptions) {
    this.serverId = options.serverId;
    this.#options = options;
  }

  get size(): number {
    return this.#byId.size;
  }

  open(connection: ClientConnection): FrontendSession {
    // It travels as 32 bits: after the last number the free ones are given again.
    do this.#lastId = (this.#lastId + 1) >>> 0;
    while (this.#byId.has(this.#lastId));
    const session = new FrontendSession(this.#lastId, connection, this);
    this.#byId.set(session.id, session);
    return session;
  }

  get(id: number): FrontendSession | undefined {
    return this.#byId.get(id);
  }

  /** The one that was opened last, while it is open. */
  get newest(): FrontendSession | undefined {
    return this.#byId.get(this.#lastId);
  }

  ofUid(uid: Uid): UidEntry | undefined {
    return this.#byUid.get(uid);
  }

  all(): IterableIterator<FrontendSession> {
    return this.#byId.values();
  }

  /**
   * Whether this frontend holds the uid, or is about to with a better claim than `asker`: the smaller id wins, and the
   * other one's claim is lost whatever it has been told before.
   */
  holds(uid: Uid, asker: string): boolean {
    if (this.#byUid.has(uid)) return true;
    const claim = this.#claims.get(uid);
    if (!claim) return false;
    if (this.serverId < asker) return true;
    claim.lost = true;
    return false;
  }

  /**
   * The uid was bound on the frontend `asker`, so its sessions here go; not the one that is being bound with a better
   * claim: then it tells so.
   */
  replacedBy(uid: Uid, asker: string): boolean {
    const kept = this.serverId < asker ? this.#claims.get(uid)?.session : undefined;
    this.#replace(uid, kept);
    return kept !== undefined;
  }

  async bind(session: FrontendSession, value: Uid): Promise<void> {
    const uid = checkUid(value);
    if (!this.#mayBind(session, uid)) return;
    const { policy } = this.#options;
    if (policy === 'refuse') await this.#bindOnly(session, uid);
    else if (policy === 'replace') await this.#bindInstead(session, uid);
    else this.#add(session, uid);
  }

  unbind(session: FrontendSession): void {
    const { uid } = session;
    if (uid === undefined) return;
    session.uid = undefined;
    session.changed();
    this.#removeFromUid(session, uid);
    this.#options.listener.unbound?.(session, uid);
  }

  /** Kicks all sessions of the uid here; gives how many there were. */
  kickUid(uid: Uid, reason: string): number {
    const sessions = [...(this.#byUid.get(uid)?.sessions ?? [])];
    for (const session of sessions) session.connection.kick(reason);
    return sessions.length;
  }

  /** The connection has ended. */
  close(session: FrontendSession, reason: string): void {
    if (!this.#byId.delete(session.id)) return;
    for (const listener of session.end(reason)) this.#tell(listener, reason);
    this.#options.listener.closed(session, reason);
    if (session.uid !== undefined) this.#removeFromUid(session, session.uid);
  }

  /** Whether there is something to bind; throws when it must not be. */
  #mayBind(session: FrontendSession, uid: Uid): boolean {
    const { id: sessionId, frontendId } = session;
    if (session.closed) throw new PomeloError('SESSION_GONE', { sessionId, frontendId });
    if (session.uid === uid) return false;
    if (session.uid !== undefined) throw new PomeloError('SESSION_BOUND', { sessionId, uid: session.uid });
    return true;
  }

  /** Binds the session when no other one in the cluster has the uid. */
  async #bindOnly(session: FrontendSession, uid: Uid): Promise<void> {
    if (this.#byUid.has(uid) || this.#claims.has(uid)) throw new PomeloError('SESSION_TAKEN', { uid });
    const claim: Claim = { session, lost: false };
    this.#claims.set(uid, claim);
    try {
      if ((await this.#options.others.anyHolds(uid)) || claim.lost)
        throw new PomeloError('SESSION_TAKEN', { uid });
      if (this.#mayBind(session, uid)) this.#add(session, uid);
    } finally {
      this.#claims.delete(uid);
    }
  }

  /** Binds the session and closes all others of the uid in the cluster. */
  async #bindInstead(session: FrontendSession, uid: Uid): Promise<void> {
    this.#replace(uid, session);
    this.#add(session, uid);
    const claim: Claim = { session, lost: false };
    this.#claims.set(uid, claim);
    try {
      if (await this.#options.others.replace(uid)) session.connection.kick('replaced');
    } finally {
      if (this.#claims.get(uid) === claim) this.#claims.delete(uid);
    }
    if (session.closed) throw new PomeloError('SESSION_TAKEN', { uid });
  }

  #replace(uid: Uid, kept: FrontendSession | undefined): void {
    for (const session of [...(this.#byUid.get(uid)?.sessions ?? [])]) {
      if (session !== kept) session.connection.kick('replaced');
    }
  }

  #add(session: FrontendSession, uid: Uid): void {
    session.uid = uid;
    session.changed();
    const entry = this.#byUid.get(uid);
    if (entry) entry.sessions.add(session);
    else this.#byUid.set(uid, { uid, sessions: new Set([session]), channels: undefined });
    this.#options.listener.bound?.(session);
  }

  #removeFromUid(session: FrontendSession, uid: Uid): void {
    const entry = this.#byUid.get(uid);
    if (!entry?.sessions.delete(session) || entry.sessions.size > 0) return;
    this.#byUid.delete(uid);
    this.#options.listener.uidLeft(entry);
  }

  #tell(listener: (reason: string) => void, reason: string): void {
    try {
      listener(reason);
    } catch (error) {
      this.#options.counters.add('session.failedListeners');
      this.#options.logger.error('a listener for the end of a session failed', {
        error: briefError(error),
      });
    }
  }
}
