import { hashText, Rendezvous } from '@pomelo-ts/common/internal';
import type { Uid } from '../session-names.js';

/** A number for a uid, the same on every server; `1` and `'1'` are two uids. */
export function hashOfUid(uid: Uid): number {
  return hashText(typeof uid === 'number' ? `#${uid}` : uid);
}

/** Which frontend keeps the entry of a uid: a frontend that comes or goes moves only the uids that it has itself. */
export class UidHomes {
  /** In the order of their ids. */
  readonly ids: readonly string[];
  readonly #homes: Rendezvous<string>;

  constructor(ids: readonly string[]) {
    this.ids = [...ids].sort();
    this.#homes = new Rendezvous(this.ids, (id) => id);
  }

  /** The server id of the frontend; undefined where there is none. */
  homeOf(uid: Uid): string | undefined {
    return this.#homes.pickHashed(hashOfUid(uid));
  }

  equals(other: UidHomes): boolean {
    return this.ids.length === other.ids.length && this.ids.every((id, at) => id === other.ids[at]);
  }
}
