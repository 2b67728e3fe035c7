/** A value of a {@link CoordinationStore}, and when it was written. */
export interface StoredValue {
  readonly key: string;
  readonly value: string;
  /** Revision at which the key came to be. A key that is deleted and made again has a higher one. */
  readonly created: number;
  /** Revision of its last change. */
  readonly revision: number;
  /** Of a store that signs: revision of the office in whose term it was written, where it was written in one. */
  readonly term?: number;
}

/** A time that whoever holds it keeps extending; keys that were put with it are deleted when it runs out. */
export interface StoreLease {
  readonly id: string;
  /** What the store has granted, in ms: it may be longer than what was asked for. */
  readonly ttlMs: number;
}

/** What must be true when a change is made, else it is not made. All members that are given count. */
export interface StoreCondition {
  /** Revision of the key's last change; 0 for a key that must not be there. */
  readonly revision?: number;
  /** A key of somebody's that must still be the one created at this revision: fences whoever has lost it. */
  readonly guard?: { readonly key: string; readonly created: number };
}

/** How a value is written. */
export interface PutOptions {
  readonly lease?: StoreLease;
  /** Leaves the key the lease it has. It must be there: give its revision as condition. */
  readonly keepLease?: boolean;
  /**
   * Whether nobody shall read it but masters of the cluster. A `SignedStore` seals it, as all stores of masters that others can reach are
   * one; an engine by itself does not. @default false
   */
  readonly sealed?: boolean;
  readonly condition?: StoreCondition;
}

/** One change that a watch tells of. */
export type StoreChange = { readonly put: StoredValue } | { readonly deleted: string };

/**
 * Keeps what the masters of one cluster must agree on: who leads, who holds which lease, which servers were added.
 * Every change has a revision that is higher than that of all changes before it, across all keys and all lives of the
 * store: so a revision is a fencing token. Reads see every change that was acknowledged before them.
 *
 * All methods reject with STORE_UNREACHABLE when the engine does not answer in time, and after {@link close}; whether a
 * change was made is then not known. Every implementation passes `coordinationStoreContract` of `@pomelo-ts/cluster/testing`.
 */
export interface CoordinationStore {
  /** Names the engine, such as `memory` or `etcd`. */
  readonly kind: string;
  get(key: string): Promise<StoredValue | undefined>;
  /** All keys that begin with `prefix`, in order. */
  list(prefix: string): Promise<readonly StoredValue[]>;
  /**
   * Writes a key when `condition` holds; undefined when it does not, or when the lease has run out. With a lease the key
   * goes when that runs out; written again without one, it stays, unless `keepLease` leaves it the one it has.
   */
  put(key: string, value: string, options?: PutOptions): Promise<StoredValue | undefined>;
  /** Deletes a key when `condition` holds; tells whether the key was there and is gone now. */
  delete(key: string, condition?: StoreCondition): Promise<boolean>;
  /** Begins a lease of at least `ttlMs`. */
  grant(ttlMs: number): Promise<StoreLease>;
  /** Extends a lease to its whole time from now; false when it has run out. */
  keepAlive(lease: StoreLease): Promise<boolean>;
  /** Ends a lease and deletes its keys. */
  revoke(lease: StoreLease): Promise<void>;
  /**
   * Tells of each change of a key that begins with `prefix`, in order and without gaps, from now on. A break of the
   * connection is healed; when changes were missed, `onGap` is called and the watch goes on from then. The returned function ends it.
   */
  watch(prefix: string, onChange: (change: StoreChange) => void, onGap?: () => void): Promise<() => void>;
  close(): Promise<void>;
}
