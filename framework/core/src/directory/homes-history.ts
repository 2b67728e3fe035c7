import type { Uid } from '../session-names.js';
import { UidHomes } from './uid-homes.js';

/** How long after a change of the cluster a home does not rely on having been told all, in ms. */
export const settleMs = 5000;

/** Who keeps which uids now, and who kept them a moment ago. */
export class HomesHistory {
  current = new UidHomes([]);
  #former: { readonly homes: UidHomes; readonly until: number }[] = [];

  /** Takes over who keeps uids from now on; false when nothing changes. */
  update(homes: UidHomes, now: number): boolean {
    if (homes.equals(this.current)) return false;
    this.#former = this.#former.filter(({ until }) => until > now);
    this.#former.push({ homes: this.current, until: now + settleMs });
    this.current = homes;
    return true;
  }

  /** Whether `self`, the home of the uid now, was not its home all of the last while: it may not have been told all of it yet. */
  isUnsettled(uid: Uid, self: string, now: number): boolean {
    return this.#former.some(({ homes, until }) => until > now && homes.homeOf(uid) !== self);
  }
}
