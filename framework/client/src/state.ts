import type { ClientError } from './errors.js';

/**
 * Where a client is in its life: `connecting` until its first handshake is done (nobody but `connect` sees that), `open`
 * while requests can be sent, `reconnecting` from the loss of a connection until the next one is open, `closed` for good.
 * Outside of `open` every request and notify throws the `ClientError` that says why.
 */
export type ClientState = 'connecting' | 'open' | 'reconnecting' | 'closed';

/** A step in a client's life. */
export interface StateChange {
  readonly state: ClientState;
  /** Why it left `open`, or why it gave up. */
  readonly error?: ClientError;
  /** While reconnecting: the attempt that comes next, from 1, and the wait before it. */
  readonly attempt?: number;
  readonly delayMs?: number;
}
