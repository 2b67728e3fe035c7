import { hashText } from '@pomelo-ts/common/internal';
import type { Uid } from '../session-names.js';

/** A number for a uid, the same on every server; `1` and `'1'` are two uids. */
export function hashOfUid(uid: Uid): number {
  return hashText(typeof uid === 'number' ? `#${uid}` : uid);
}

/**
 * Which frontend keeps the entry of a uid: rendezvous hashing, so that a frontend that comes or goes moves only the uids that it
 * has itself. What `rendezvous` of common gives for texts, this gives for a set that is asked a million times: 3 ns a frontend.
 */
export class UidHomes {
  /** In the order of their ids. */
  readonly ids: readonly string[];
  readonly #seeds: Uint32Array;

  constructor(ids: readonly string[]) {
    this.ids = [...ids].sort();
    this.#seeds = Uint32Array.from(this.ids, (id) => hashText(id));
  }

  /** The server id of the frontend; undefined where there is none. */
  homeOf(uid: Uid): string | undefined {
    const key = hashOfUid(uid);
    const seeds = this.#seeds;
    let best = -1;
    let bestScore = -1;
    for (let at = 0; at < seeds.length; at++) {
      const score = mix(seeds[at]! ^ key);
      if (score <= bestScore) continue;
      best = at;
      bestScore = score;
    }
    return this.ids[best];
  }

  equals(other: UidHomes): boolean {
    return this.ids.length === other.ids.length && this.ids.every((id, at) => id === other.ids[at]);
  }
}

/** The finalizer of MurmurHash3. */
function mix(value: number): number {
  let hash = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
