import { PomeloError } from '@pomelo-ts/common';
import type { ClientLink, Origin } from '../client-link.js';
import type { CoreMeasures } from '../measures.js';
import type { Session, SessionSnapshot } from '../session.js';
import type { Uid } from '../session-names.js';
import type { UidTraces } from '../uid-traces/uid-traces.js';
import { AbsentLink } from './absent-link.js';
import { type EndListener, SessionEnd } from './session-end.js';
import { numberOfCount } from './session-ids.js';
import { type LinkListener, SessionLink } from './session-link.js';
import { checkSetting } from './setting.js';
import { checkName } from './uid.js';

/** What one backend knows of a session: this version of it, since this connection stands. */
export interface SeenVersion {
  connection: object | undefined;
  version: number;
}

/** A session as one frontend hands it to the next; it may travel. */
export interface MovedSession extends SessionSnapshot {
  readonly id: string;
  /** How often it had moved before. */
  readonly moves: number;
  readonly version: number;
  /** When it was bound to its uid; 0 without one. */
  readonly boundAt: number;
  /** Servers that have seen it: they are told where it is, and of its end. */
  readonly seenBy: readonly string[];
}

/** A channel's copy on this frontend, as the session or the uid knows it that is a member. */
export interface JoinedChannel {
  readonly ownerId: string;
  readonly number: number;
  /** Whether no member of it is on this frontend any more. */
  readonly empty: boolean;
  /** The stamp of a member; undefined when it is none. */
  stampOf(member: { readonly uid: Uid } | { readonly sessionId: string }): number | undefined;
  /** Gives the stamp of the member that left; undefined when there was none. */
  leave(member: { readonly uid: Uid } | { readonly sessionId: string }): number | undefined;
}

/** Who holds the sessions of one frontend. */
export interface SessionHolder {
  readonly serverId: string;
  /** What the links of its sessions tell. */
  readonly links: LinkListener;
  readonly traces: UidTraces;
  /** The id of the session that began here with this count. */
  idOf(count: number): string;
  bind(session: FrontendSession, uid: Uid): Promise<void>;
  unbind(session: FrontendSession): void;
  close(session: FrontendSession, reason: string): void;
}

/**
 * A session on the frontend that holds its connection: settings are seen by all its handlers at once. Most sessions of a server are idle at
 * any time, so what few of them need is made when it is asked for.
 */
export class FrontendSession implements Session {
  /** What it counts as among those that began here or came here. */
  readonly #count: number;
  /** Its id as text, once somebody has asked for it. */
  #id: string | undefined;
  /** Its link with what the acceptor of that knows; there also while there is no client. */
  part!: SessionLink;
  /** Backends that it is never sent to; see `AvoidedBackends`. */
  readonly avoids: readonly string[];
  uid: Uid | undefined;
  /** When it was bound to its uid, by the clock of the uid's home, in ms since 1970; 0 until that has granted it. */
  boundAt = 0;
  #end: SessionEnd | undefined;
  /** How often it had moved when it came here. */
  moves = 0;
  /** How this server knows it since it has moved on. */
  #elsewhere: Session | undefined;
  /** Requests of this client that have no answer yet. */
  waiting = 0;
  /** Handlers at work for its notifies. */
  notifies = 0;
  /** When it began here or came here, in seconds since 1970. */
  readonly since = Math.floor(Date.now() / 1000);
  /** Rises with every change that backends must hear of. */
  version = 0;
  /** Backends that hold state for this session, by server id; undefined until the first forward. */
  backends: Map<string, SeenVersion> | undefined;
  /** Channels that this connection itself (not its uid) is a member of. */
  channels: Set<JoinedChannel> | undefined;
  readonly #table: SessionHolder;
  #settings: Record<string, unknown> | undefined;

  /** @param id what it is called already, where it has come from another frontend */
  constructor(count: number, avoids: readonly string[], table: SessionHolder, id?: string, end?: SessionEnd) {
    this.#count = count;
    this.avoids = avoids;
    this.#table = table;
    this.#id = id;
    this.#end = end;
  }

  get id(): string {
    this.#id ??= this.#table.idOf(this.#count);
    return this.#id;
  }

  /** What this frontend calls it where it speaks with backends. */
  get number(): number {
    return numberOfCount(this.#count);
  }

  /** How to reach its client. It is always there: where there is no client, it drops what it gets. */
  get link(): ClientLink {
    return this.part.link;
  }

  /** Where its client came from, also after that has gone. */
  get origin(): Origin {
    return this.part.origin;
  }

  /** The link of its client, as the part of it that its acceptor knows; undefined while there is no client. */
  get held(): SessionLink | undefined {
    return this.part.link instanceof AbsentLink ? undefined : this.part;
  }

  get end(): SessionEnd {
    this.#end ??= new SessionEnd();
    return this.#end;
  }

  /** Its requests are counted one by one, see `client.maxPendingRequests`. */
  get work(): undefined {
    return undefined;
  }

  get closed(): boolean {
    return this.#end?.hasCome ?? false;
  }

  /** Whether this server holds it no more: it has ended, or moved on. */
  get gone(): boolean {
    return this.#elsewhere !== undefined || this.closed;
  }

  get frontendId(): string {
    return this.#elsewhere?.frontendId ?? this.#table.serverId;
  }

  get remoteAddress(): string {
    return this.link.address;
  }

  get settings(): Readonly<Record<string, unknown>> {
    return this.#settings ?? {};
  }

  get<T = unknown>(key: string): T | undefined {
    const settings = this.#settings;
    return settings && Object.hasOwn(settings, key) ? (settings[key] as T) : undefined;
  }

  set(key: string, value: unknown): void {
    this.#elsewhere?.set(key, value);
    this.merge({ [key]: value });
  }

  /** Sets several settings at once. */
  merge(settings: Readonly<Record<string, unknown>>): void {
    const keys = Object.keys(settings);
    for (const key of keys) checkName(key, 'a key of a session');
    for (const key of keys) checkSetting(key, settings[key]);
    this.#settings ??= Object.create(null) as Record<string, unknown>;
    for (const key of keys) this.#settings[key] = settings[key];
    this.changed();
  }

  /** Backends must hear of a change. */
  changed(): void {
    this.version = (this.version + 1) >>> 0; // it travels as 32 bits
  }

  bind(uid: Uid): Promise<void> {
    return this.#elsewhere?.bind(uid) ?? this.#table.bind(this, uid);
  }

  async unbind(): Promise<void> {
    await (this.#elsewhere?.unbind() ?? this.#table.unbind(this));
  }

  async push(): Promise<void> {
    await this.#elsewhere?.push();
    if (this.closed)
      throw new PomeloError('SESSION_GONE', { sessionId: this.id, frontendId: this.frontendId });
  }

  async kick(reason = 'kick'): Promise<void> {
    this.link.kick(reason);
  }

  onClosed(listener: EndListener): void {
    this.end.listen(listener);
  }

  /** The session talks to its client by this link from now on; gives what the link's acceptor is to know of it. */
  attach(link: ClientLink, origin: Origin): SessionLink {
    this.part = new SessionLink(link, origin, this, this.#table.links);
    return this.part;
  }

  /** The session has no client for now. */
  detach(counters: CoreMeasures): void {
    lose(this, counters, (reason) => this.#table.close(this, reason));
  }

  /** Sends the answer to a request; of one whose client has gone only the place is free again. */
  answer(messageId: number, bytes: Uint8Array, start: number, end: number): void {
    this.waiting--;
    const { active } = this.#table.traces;
    if (active !== undefined) active.answered(this, messageId, bytes, start, end);
    if (this.gone) this.origin.answeredLate();
    if (!this.closed) this.link.answer(messageId, bytes, start, end);
  }

  /** What the next frontend is to know of it. */
  leaving(): MovedSession {
    const { id, moves, version, boundAt, backends } = this;
    const seenBy = [...(backends?.keys() ?? []), this.#table.serverId];
    return { id, moves, version, boundAt, seenBy, ...this.snapshot() };
  }

  /** Goes on where the former frontend has left off; `seenBy` are the servers to be told. */
  goOn({ moves, version, uid, boundAt, settings }: MovedSession, seenBy: readonly string[]): void {
    this.moves = moves + 1;
    this.version = version;
    this.uid = uid ?? undefined;
    // Later than what the former frontend says of it, so that it is known which of both is right.
    this.boundAt = boundAt > 0 ? boundAt + 1 : 0;
    if (Object.keys(settings).length > 0) this.merge(settings);
    if (seenBy.length > 0)
      this.backends = new Map(seenBy.map((id) => [id, { connection: undefined, version }]));
  }

  /** It has moved on; what is asked of it here goes to where it is. */
  goneTo(elsewhere: Session, counters: CoreMeasures): void {
    lose(this, counters, (reason) => void elsewhere.kick(reason));
    this.#elsewhere = elsewhere;
  }

  snapshot(): SessionSnapshot {
    const { avoids, remoteAddress: address } = this;
    const settings = { ...this.#settings };
    return { uid: this.uid ?? null, address, ...(avoids.length > 0 && { avoids }), settings };
  }
}

/** Whatever is sent to the session's client is dropped from now on; `end` ends the session. */
function lose(session: FrontendSession, counters: CoreMeasures, end: (reason: string) => void): void {
  session.attach(new AbsentLink(session.link, counters, end), session.origin);
}
