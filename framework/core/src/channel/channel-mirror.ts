import type { FrontendSession } from '../session/frontend-session.js';
import type { SessionTable } from '../session/session-table.js';
import { keyOf, type MemberKey } from './member.js';

/** A member, and which of its times in the channel this is. */
type MirroredMember = MemberKey & { readonly stamp: number };

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
    } else {
      const session = this.#sessions.get(member.sessionId);
      if (!session) return false;
      session.channels ??= new Set();
      session.channels.add(this);
    }
    this.#members.set(keyOf(member), { ...member, stamp });
    return true;
  }

  /** Gives the stamp of the member that left; undefined when there was none. */
  leave(member: MemberKey): number | undefined {
    const key = keyOf(member);
    const stamp = this.#members.get(key)?.stamp;
    if (!this.#members.delete(key)) return undefined;
    if ('uid' in member) this.#sessions.ofUid(member.uid)?.channels?.delete(this);
    else this.#sessions.get(member.sessionId)?.channels?.delete(this);
    return stamp;
  }

  /** The channel is gone, or its owner. */
  drop(): void {
    for (const member of [...this.#members.values()]) this.leave(member);
  }

  /** Calls `visit` for every session of every member not left out. */
  forEachSession(except: ReadonlySet<string> | undefined, visit: (session: FrontendSession) => void): void {
    for (const [key, member] of this.#members) {
      if (except?.has(key)) continue;
      if ('uid' in member) {
        const entry = this.#sessions.ofUid(member.uid);
        if (entry) for (const session of entry.sessions) visit(session);
      } else {
        const session = this.#sessions.get(member.sessionId);
        if (session && !(except && session.uid !== undefined && except.has(keyOf({ uid: session.uid }))))
          visit(session);
      }
    }
  }
}
