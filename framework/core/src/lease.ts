/** How `app.lease` takes a lease. */
export interface LeaseOptions {
  /** How long it is held without a word to the master, in ms, from 1000 to 60000: so long does a take-over last. @default 10000 */
  readonly ttlMs?: number;
  /**
   * Waits until the lease can be had, for ever or for that many ms, instead of failing at once. @default false
   */
  readonly wait?: boolean | number;
  /** Ends the waiting: the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** What only one server of the cluster has at a time. Made by `app.lease`; it goes on by itself until it is released or lost. */
export interface Lease {
  readonly name: string;
  /**
   * Higher than that of every holder before. Give it along with what you write elsewhere, and have the other side refuse
   * lower ones than it has seen: then a holder that was paused cannot write after the next one has begun.
   */
  readonly token: number;
  /**
   * Whether it is surely held now: by this process' own monotonic clock, counted from when the last renewal that was
   * answered was sent. It ends before any other server can get the lease.
   */
  readonly held: boolean;
  /** Aborts with LEASE_LOST once the lease is lost; not when it is released. */
  readonly signal: AbortSignal;
  /** @throws LEASE_LOST when it is not held any more. */
  ensureHeld(): void;
  /** Gives it back, so that another server can have it at once; never rejects. */
  release(): Promise<void>;
}
