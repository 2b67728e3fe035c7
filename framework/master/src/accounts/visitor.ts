import type { Permit } from './permit.js';
import type { AdminSession } from './sessions.js';

/** Somebody who has signed in, or a program with a key. */
export interface Visitor {
  readonly name: string;
  readonly permit: Permit;
  /** Of who has signed in. */
  readonly session?: AdminSession;
  /** Aborted once this one is nobody any more: the session has ended, or the key is revoked. */
  readonly over: AbortSignal;
  /** Counts one more request, however it came. @throws KEY_RATE */
  count(): void;
  /** How it is with the second factor: one that is `required` and not there yet keeps from all else, and that of a `provider` is its own matter. */
  readonly secondFactor: 'on' | 'off' | 'required' | 'provider';
}

/** A session that has just begun, and the token that its cookie holds. */
export interface SignedIn {
  readonly token: string;
  readonly visitor: Visitor;
}
