import type { Clock } from '@pomelo-ts/common';

/** Ends that are remembered of the sessions of one frontend; beyond, its first one is forgotten. */
const mostOfFrontend = 10_000;
/** How long those of a frontend are remembered that has had no other end since, in ms. */
const rememberedMs = 600_000;

/** The ends of one frontend's sessions. */
interface Share {
  readonly ids: Set<string>;
  newest: number;
}

/** Sessions that had moved and have ended, as a former frontend may still forward what it had of them. */
export class EndedSessions {
  readonly #clock: Clock;
  /** How often each had moved, and the frontend that had it then. */
  readonly #ended = new Map<string, { readonly moves: number; readonly frontendId: string }>();
  /** The one with the newest end is the last. */
  readonly #shares = new Map<string, Share>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How often the session had moved when it ended; -1 when nothing is known of its end. */
  movesOf(id: string): number {
    return this.#ended.get(id)?.moves ?? -1;
  }

  add(frontendId: string, id: string, moves: number): void {
    this.#shares.get(this.#ended.get(id)?.frontendId ?? '')?.ids.delete(id);
    const share = this.#shareOf(frontendId);
    share.ids.add(id);
    this.#ended.set(id, { moves, frontendId });
    if (share.ids.size <= mostOfFrontend) return;
    const first = share.ids.values().next().value!;
    share.ids.delete(first);
    this.#ended.delete(first);
  }

  #shareOf(frontendId: string): Share {
    const newest = this.#clock.now();
    const share = this.#shares.get(frontendId) ?? { ids: new Set(), newest };
    share.newest = newest;
    this.#shares.delete(frontendId);
    this.#shares.set(frontendId, share);
    for (const [id, other] of this.#shares) {
      if (other.newest > newest - rememberedMs) break;
      for (const ended of other.ids) this.#ended.delete(ended);
      this.#shares.delete(id);
    }
    return share;
  }
}
