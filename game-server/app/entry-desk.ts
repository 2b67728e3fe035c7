import { defineShared } from '@pomelo-ts/core';

/**
 * Remembers who is in, or on the way in, at one connector: two connections that ask for one name at the same instant must
 * not both go on, and one connection gets one name.
 */
export class EntryDesk {
  readonly #holders = new Map<string, object>();
  readonly #claims = new Map<object, string>();
  readonly #inRooms = new Set<string>();

  /** Uids of this connector's players whom a chat server has let in. */
  get inRooms(): Iterable<string> {
    return this.#inRooms;
  }

  /** Reserves the uid for a session; false when it is another one's, or when the session has one already. */
  claim(uid: string, session: object): boolean {
    if (this.#holders.has(uid) || this.#claims.has(session)) return false;
    this.#holders.set(uid, session);
    this.#claims.set(session, uid);
    return true;
  }

  /** A chat server has let in whoever has reserved the uid. */
  letIn(uid: string): void {
    if (this.#holders.has(uid)) this.#inRooms.add(uid);
  }

  /** Gives back what the session has reserved. */
  release(session: object): void {
    const uid = this.#claims.get(session);
    if (uid === undefined) return;
    this.#claims.delete(session);
    this.#holders.delete(uid);
    this.#inRooms.delete(uid);
  }
}

/** The desk of one connector: a reload of the handler must not forget who is in. */
export const entryDesk = defineShared('connector.desk', () => new EntryDesk());
