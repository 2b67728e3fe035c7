import type { Clock } from '@pomelo-ts/common';
import type { BackendSession } from './backend-session.js';

/** How long a session may be on its way from one frontend to the next, in ms. */
export const longestMoveMs = 5000;
/** Sessions of one frontend that may be on their way at once, as one backend sees them. */
const mostMoving = 10_000;

/**
 * Sessions that their frontend has given away, until the next one says that it has them. One that no frontend says so of in time is lost,
 * and so is the one that has waited longest where one frontend has given away too many.
 */
export class MovingSessions {
  readonly #clock: Clock;
  readonly #lost: (session: BackendSession) => void;
  /** When each is lost, in the order in which they were given away. */
  readonly #due = new Map<BackendSession, number>();
  /** By the frontend that has given them away, in that order. */
  readonly #from = new Map<string, Set<BackendSession>>();
  #cancel: (() => void) | undefined;

  /** @param lost hears of a session that no frontend has */
  constructor(clock: Clock, lost: (session: BackendSession) => void) {
    this.#clock = clock;
    this.#lost = lost;
  }

  get size(): number {
    return this.#due.size;
  }

  add(session: BackendSession): void {
    const { frontendId } = session;
    const others = this.#from.get(frontendId) ?? new Set();
    this.#from.set(frontendId, others.add(session));
    this.#due.set(session, this.#clock.now() + longestMoveMs);
    session.beginMove();
    if (others.size > mostMoving) this.#lose(others.values().next().value!);
    this.#cancel ??= this.#clock.after(longestMoveMs, () => this.#sweep());
  }

  /** The session has ended, or is about to be somewhere else. */
  delete(session: BackendSession): void {
    if (!this.#due.delete(session)) return;
    const others = this.#from.get(session.frontendId);
    others?.delete(session);
    if (others?.size === 0) this.#from.delete(session.frontendId);
  }

  stop(): void {
    this.#cancel?.();
  }

  #sweep(): void {
    const now = this.#clock.now();
    this.#cancel = undefined;
    for (const [session, due] of this.#due) {
      if (due > now) {
        this.#cancel = this.#clock.after(due - now, () => this.#sweep());
        return;
      }
      this.#lose(session);
    }
  }

  #lose(session: BackendSession): void {
    this.delete(session);
    this.#lost(session);
  }
}
