import type { Logger } from '@pomelo-ts/common';
import type { ClientLink, Origin } from '../client-link.js';
import type { PerUidPolicy, UidRegistrar } from '../directory/uid-registrar.js';
import type { CoreMeasures } from '../measures.js';
import type { Session } from '../session.js';
import type { Uid } from '../session-names.js';
import type { UidTraces } from '../uid-traces/uid-traces.js';
import { closeKind } from './close-reasons.js';
import { FrontendSession, type JoinedChannel, type MovedSession } from './frontend-session.js';
import { type AnyEndListener, type SessionEnd, SessionEnds } from './session-end.js';
import type { SessionIds } from './session-ids.js';
import type { LinkListener, SessionLink } from './session-link.js';
import { UidBinder } from './uid-binder.js';

/** The sessions of one uid on this frontend, and the channels that the uid is a member of through it. */
export interface UidEntry {
  readonly uid: Uid;
  readonly sessions: Set<FrontendSession>;
  channels: Set<JoinedChannel> | undefined;
}

/** What the table tells of its sessions. */
export interface SessionTableListener {
  /** The last session of the uid on this frontend is unbound or gone. */
  uidLeft(entry: UidEntry): void;
  /** The client has done its handshake. */
  ready(held: SessionLink): void;
  /** A message of the client, valid during the call only. Throws ProtocolError for what is none. */
  message(session: FrontendSession, bytes: Uint8Array, start: number, end: number): void;
  /** A link has closed, or was taken apart. */
  linkLeft(held: SessionLink): void;
  /** The session has ended; the game has not heard of it yet. */
  closed(session: FrontendSession, reason: string): void;
  bound(session: FrontendSession): void;
  /** The session has come from another frontend. */
  taken(session: FrontendSession): void;
  /** The session is on another frontend now; gives how this server knows it from now on. */
  moved(session: FrontendSession, frontendId: string): Session;
  /** A session of the uid is on another frontend now; `stays` when there are others here. */
  uidMoved(entry: UidEntry, frontendId: string, stays: boolean): void;
  unbound(session: FrontendSession, uid: Uid): void;
}

/** Settings of a {@link SessionTable}. */
export interface SessionTableOptions {
  readonly serverId: string;
  readonly policy: PerUidPolicy;
  readonly registrar: UidRegistrar;
  readonly listener: SessionTableListener;
  /** Who in the game wants to hear of every session's end. */
  readonly endListeners: readonly AnyEndListener[];
  /** Names for the sessions that begin here. */
  readonly ids: SessionIds;
  /** Gives the end that this server knows of a session that has moved here, if it knows one. */
  knownEnd(id: string): SessionEnd | undefined;
  readonly traces: UidTraces;
  /** Backends that a session which begins now is never sent to. */
  avoided(): readonly string[];
  readonly logger: Logger;
  readonly counters: CoreMeasures;
}

/** All sessions of one frontend, by number, id and uid. */
export class SessionTable {
  readonly serverId: string;
  readonly links: LinkListener;
  readonly traces: UidTraces;
  readonly #options: SessionTableOptions;
  readonly #ends: SessionEnds<FrontendSession>;
  readonly #byNumber = new Map<number, FrontendSession>();
  /** Those that have come from another frontend, by id. */
  readonly #moved = new Map<string, FrontendSession>();
  readonly #byUid = new Map<Uid, UidEntry>();
  readonly #binder: UidBinder;
  readonly #isUsed = (number: number): boolean => this.#byNumber.has(number);
  /** The one that was opened last. */
  #newest: FrontendSession | undefined;

  constructor(options: SessionTableOptions) {
    this.serverId = options.serverId;
    this.traces = options.traces;
    this.#options = options;
    const { listener, endListeners, counters, logger } = options;
    this.links = {
      ready: (held) => listener.ready(held),
      message: listener.message.bind(listener), // no step between: it is on the way of every message
      taken: (held) => this.#linkTaken(held),
      closed: (held, reason) => this.#linkClosed(held, reason),
    };
    const first = (session: FrontendSession, reason: string) => this.#ended(session, reason);
    const { policy, registrar } = options;
    this.#binder = new UidBinder({
      policy,
      registrar,
      ofUid: (uid) => this.#byUid.get(uid)?.sessions,
      add: (session, uid) => this.#add(session, uid),
    });
    this.#ends = new SessionEnds({ first, listeners: endListeners, counters, logger });
  }

  get size(): number {
    return this.#byNumber.size;
  }

  /** A client has come, and with it a session begins. */
  open(link: ClientLink, origin: Origin): SessionLink {
    const { ids, avoided } = this.#options;
    const session = new FrontendSession(ids.next(this.#isUsed), avoided(), this);
    this.#byNumber.set(session.number, session);
    this.#newest = session;
    return session.attach(link, origin);
  }

  /** The session's client has come by another link; the former one is told so, and is the session's no more. */
  relink(session: FrontendSession, link: ClientLink, origin: Origin): SessionLink {
    const former = session.held;
    const held = session.attach(link, origin);
    former?.link.kick('replaced');
    return held;
  }

  /** A session goes on here that another frontend had, with the link that its client has now. */
  take(moved: MovedSession, link: ClientLink, origin: Origin): SessionLink {
    const { ids, knownEnd, listener, registrar } = this.#options;
    const { id, avoids = [] } = moved;
    const session = new FrontendSession(ids.next(this.#isUsed), avoids, this, id, knownEnd(id));
    session.goOn(
      moved,
      moved.seenBy.filter((id) => id !== this.serverId),
    );
    this.#byNumber.set(session.number, session);
    this.#moved.set(id, session);
    const held = session.attach(link, origin);
    const { uid, boundAt } = session;
    if (uid !== undefined) this.#enter(session, uid);
    if (uid !== undefined && boundAt > 0) void registrar.bound(uid, id, boundAt);
    listener.taken(session);
    return held;
  }

  idOf(count: number): string {
    return this.#options.ids.idOf(count);
  }

  /** What the next frontend needs to know of the session; undefined while it is being bound, or where it is not here. */
  leaving(session: FrontendSession): MovedSession | undefined {
    const isSettled = session.uid === undefined || session.boundAt > 0;
    return isSettled && !this.#binder.binds(session) && !session.gone ? session.leaving() : undefined;
  }

  /** The other frontend has taken the session: it goes from here, without an end. */
  moved(session: FrontendSession, frontendId: string): void {
    if (session.gone) return;
    const { listener, counters } = this.#options;
    const { uid } = session;
    this.#leave(session);
    session.goneTo(listener.moved(session, frontendId), counters);
    if (uid === undefined) return;
    const entry = this.#leaveUid(session, uid);
    if (entry) listener.uidMoved(entry, frontendId, entry.sessions.size > 0);
  }

  /** By its id, or its number on this frontend. */
  get(key: string | number): FrontendSession | undefined {
    if (typeof key === 'number') return this.#byNumber.get(key);
    const number = this.#options.ids.numberOf(key);
    const session = number === undefined ? undefined : this.#byNumber.get(number);
    return session?.id === key ? session : this.#moved.get(key);
  }

  /** The one that was opened last, while it is open. */
  get newest(): FrontendSession | undefined {
    return this.#newest?.gone ? undefined : this.#newest;
  }

  ofUid(uid: Uid): UidEntry | undefined {
    return this.#byUid.get(uid);
  }

  all(): IterableIterator<FrontendSession> {
    return this.#byNumber.values();
  }

  /** Uids that sessions here have. */
  uids(): IterableIterator<Uid> {
    return this.#byUid.keys();
  }

  /** The sessions that were granted the uid, and when. */
  held(uid: Uid): (readonly [sessionId: string, boundAt: number])[] {
    const held: (readonly [string, number])[] = [];
    for (const { id, boundAt } of this.#byUid.get(uid)?.sessions ?? [])
      if (boundAt > 0) held.push([id, boundAt]);
    return held;
  }

  /** Another session in the cluster has the uid now. */
  lost(uid: Uid, sessionId: string): void {
    const session = this.get(sessionId);
    if (session?.uid === uid) session.link.kick('replaced');
  }

  bind(session: FrontendSession, uid: Uid): Promise<void> {
    return this.#binder.bind(session, uid);
  }

  unbind(session: FrontendSession): void {
    const { uid } = session;
    if (uid === undefined) return;
    this.#removeFromUid(session, uid);
    session.uid = undefined;
    session.changed();
    this.#options.listener.unbound(session, uid);
  }

  /** Kicks all sessions of the uid here; gives how many there were. */
  kickUid(uid: Uid, reason: string): number {
    const sessions = [...(this.#byUid.get(uid)?.sessions ?? [])];
    for (const session of sessions) session.link.kick(reason);
    return sessions.length;
  }

  /** The session ends. */
  close(session: FrontendSession, reason: string): void {
    if (session.gone) return;
    this.#ends.tell(session, reason);
  }

  /** Ends the session of a client that is none of the game's: that hears nothing of it. */
  dismiss(held: SessionLink, reason: string): void {
    if (held.placed) this.#options.counters.clientClosed[closeKind(reason)].add();
    if (held.session.end.come(reason)) this.#ended(held.session, reason);
  }

  /** The link was taken apart; it is for whoever did that to say what becomes of the session. */
  #linkTaken(held: SessionLink): void {
    this.#options.listener.linkLeft(held);
    if (held.current) held.session.detach(this.#options.counters);
  }

  /** A session ends with its link, unless it has another one by now. */
  #linkClosed(held: SessionLink, reason: string): void {
    if (held.placed) this.#options.counters.clientClosed[closeKind(reason)].add();
    if (held.current) this.close(held.session, reason);
    else this.#options.listener.linkLeft(held);
  }

  #ended(session: FrontendSession, reason: string): void {
    this.#leave(session);
    this.#options.listener.closed(session, reason);
    if (session.uid !== undefined) this.#removeFromUid(session, session.uid);
  }

  /** This frontend has the session no more. What its client has left behind counts before its place is free, as both are of one address. */
  #leave(session: FrontendSession): void {
    this.#byNumber.delete(session.number);
    if (session.moves > 0) this.#moved.delete(session.id); // else nobody has asked for its id, perhaps
    session.origin.leftBehind(session.waiting);
    if (session.held) this.#options.listener.linkLeft(session.held);
  }

  #add(session: FrontendSession, uid: Uid): void {
    session.uid = uid;
    session.changed();
    this.#enter(session, uid);
    this.#options.listener.bound(session);
  }

  #enter(session: FrontendSession, uid: Uid): void {
    const entry = this.#byUid.get(uid);
    if (entry) entry.sessions.add(session);
    else this.#byUid.set(uid, { uid, sessions: new Set([session]), channels: undefined });
  }

  #removeFromUid(session: FrontendSession, uid: Uid): void {
    const entry = this.#leaveUid(session, uid);
    if (entry?.sessions.size === 0) this.#options.listener.uidLeft(entry);
  }

  /** The session has the uid no more; gives the uid's entry, undefined when it was not there. */
  #leaveUid(session: FrontendSession, uid: Uid): UidEntry | undefined {
    if (session.boundAt > 0) this.#options.registrar.unbound(uid, session.id, session.boundAt);
    session.boundAt = 0;
    const entry = this.#byUid.get(uid);
    if (!entry?.sessions.delete(session)) return undefined;
    if (entry.sessions.size === 0) this.#byUid.delete(uid);
    return entry;
  }
}
