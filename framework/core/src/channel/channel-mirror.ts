import type { FrontendSession } from '../session/frontend-session.js';
import type { SessionTable } from '../session/session-table.js';
import type { Uid } from '../session-names.js';
import { keyOf, type MemberKey } from './member.js';

/** A member here, and which of its times in the channel this is. */
type MirroredMember = { readonly stamp: number } & (
  | { readonly uid: Uid }
  | { readonly session: FrontendSession }
);

/** A frontend's copy of one channel's membership, as far as it lives on this frontend. */
export class ChannelMirror {
  readonly ownerId: string;
  readonly number: number;
  readonly #sessions: SessionTable;
  readonly #members = new Map<string, MirroredMember>();

  constructor(ownerId: string, number: number, sessions: SessionTable) {
    this.ownerId = ownerId;
    this.number = number;
    this.#sessions = sessions;
  }

  get empty(): boolean {
    return this.#members.size === 0;
  }

  /** False when nobody here is that member (any more). */
  add(member: MemberKey, stamp: number): boolean {
    if ('uid' in member) {
      const entry = this.#sessions.ofUid(member.uid);
      if (!entry) return false;
      entry.channels ??= new Set();
      entry.channels.add(this);
      this.#members.set(keyOf(member), { uid: member.uid, stamp });
    } else {
      const session = this.#sessions.get(member.sessionId);
      if (!session) return false;
      session.channels ??= new Set();
      session.channels.add(this);
      this.#members.set(keyOf(member), { session, stamp });
    }
    return true;
  }

  /** The stamp of a member; undefined when it is none. */
  stampOf(member: MemberKey): number | undefined {
    return this.#members.get(keyOf(member))?.stamp;
  }

  /** Gives the stamp of the member that left; undefined when there was none. */
  leave(member: MemberKey): number | undefined {
    return this.#leave(keyOf(member));
  }

  /** The channel is gone, or its owner. */
  drop(): void {
    for (const key of [...this.#members.keys()]) this.#leave(key);
  }

  /** Calls `visit` for every session of every member not left out. */
  forEachSession(except: ReadonlySet<string> | undefined, visit: (session: FrontendSession) => void): void {
    for (const [key, member] of this.#members) {
      if (except?.has(key)) continue;
      if ('uid' in member) {
        const entry = this.#sessions.ofUid(member.uid);
        if (entry) for (const session of entry.sessions) visit(session);
      } else {
        const { session } = member;
        if (!(except && session.uid !== undefined && except.has(keyOf({ uid: session.uid })))) visit(session);
      }
    }
  }

  #leave(key: string): number | undefined {
    const member = this.#members.get(key);
    if (!member) return undefined;
    this.#members.delete(key);
    if ('uid' in member) this.#sessions.ofUid(member.uid)?.channels?.delete(this);
    else member.session.channels?.delete(this);
    return member.stamp;
  }
}
