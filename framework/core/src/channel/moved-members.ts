import type { Clock } from '@pomelo-ts/common';
import { keyOf, type MemberKey } from './member.js';

/** How long word of an owner may come late, in ms. */
const rememberedMs = 60_000;
/** Members that are remembered; beyond, the one that moved first is forgotten. */
const mostRemembered = 10_000;

/**
 * Where members are that have moved on from a frontend. Its word of that and the word of an owner that it has a member here may cross on
 * the way; and so may those of two moves that follow one another.
 */
export class MovedMembers {
  readonly #clock: Clock;
  /** In the order in which they have moved. */
  readonly #places = new Map<string, { readonly frontendId: string; readonly until: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  note(member: MemberKey, frontendId: string): void {
    const key = keyOf(member);
    const now = this.#clock.now();
    this.#places.delete(key);
    this.#places.set(key, { frontendId, until: now + rememberedMs });
    for (const [other, { until }] of this.#places) {
      if (until > now && this.#places.size <= mostRemembered) return;
      this.#places.delete(other);
    }
  }

  /** The member is here (again): what comes late is of a former time. Else two frontends would send an owner from one to the other. */
  forget(member: MemberKey): void {
    this.#places.delete(keyOf(member));
  }

  /** Server id of the frontend that the member has moved to. */
  find(member: MemberKey): string | undefined {
    const place = this.#places.get(keyOf(member));
    return place && place.until > this.#clock.now() ? place.frontendId : undefined;
  }
}
