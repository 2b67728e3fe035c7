import type { Logger } from '@pomelo-ts/common';
import { briefError } from '@pomelo-ts/common/internal';
import type { CoreMeasures } from '../measures.js';
import type { Session } from '../session.js';

/** Hears why a session has ended. */
export type EndListener = (reason: string) => void;

/** Hears of the end of every session. */
export type AnyEndListener = (session: Session, reason: string) => void;

/** The end of one session, on its frontend and on backends alike: it comes once, and whoever asks later hears the same. */
export class SessionEnd {
  #reason: string | undefined;
  #listeners: EndListener[] | undefined;

  /** Whether the session has ended. */
  get hasCome(): boolean {
    return this.#reason !== undefined;
  }

  /** Calls `listener` once when the session ends, at once when it has already. */
  listen(listener: EndListener): void {
    if (this.#reason !== undefined) listener(this.#reason);
    else if (this.#listeners) this.#listeners.push(listener);
    else this.#listeners = [listener];
  }

  /** Marks the end; gives who wants to hear of it, undefined when it had come before. */
  come(reason: string): readonly EndListener[] | undefined {
    if (this.#reason !== undefined) return undefined;
    const listeners = this.#listeners ?? [];
    this.#reason = reason;
    this.#listeners = undefined;
    return listeners;
  }
}

/** A session whose end can be told. */
interface Ending extends Session {
  readonly end: SessionEnd;
}

/** Settings of {@link SessionEnds}. */
export interface SessionEndsOptions<S extends Ending> {
  /** What the server itself has to do before the game hears of it. */
  readonly first?: (session: S, reason: string) => void;
  /** Who in the game wants to hear of every session's end. */
  readonly listeners: readonly AnyEndListener[];
  readonly counters: CoreMeasures;
  readonly logger: Logger;
}

/** Tells the ends of one server's sessions: to the server, to the session's own listeners, and to those of all sessions, in this order. */
export class SessionEnds<S extends Ending> {
  readonly #options: SessionEndsOptions<S>;

  constructor(options: SessionEndsOptions<S>) {
    this.#options = options;
  }

  /** The session has ended; does nothing when it had before. */
  tell(session: S, reason: string): void {
    const own = session.end.come(reason);
    if (!own) return;
    this.#options.first?.(session, reason);
    for (const listener of own) this.#call(() => listener(reason));
    for (const listener of this.#options.listeners) this.#call(() => listener(session, reason));
  }

  #call(listener: () => void): void {
    try {
      listener();
    } catch (error) {
      this.#options.counters.sessionFailedListeners.add();
      this.#options.logger.error('a listener for the end of a session failed', { error: briefError(error) });
    }
  }
}
