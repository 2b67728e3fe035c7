import type { CoordinationStore, StoreCondition } from '../coordination/store.js';

/**
 * What outlives each holder of a lease: its mark, which only rises. And, where the leases themselves do not outlive their master,
 * how long those of a former one may go on.
 */
export interface LeaseNotes {
  /** Longest time that a lease of a former master of this store may still be held, in ms; 0 where leases outlive masters. */
  readonly formerMs: number;
  /** A lease of `ttlMs` is about to be granted: noted before it is. */
  granting(ttlMs: number): void;
  /** The marks of all leases whose names begin with `prefix`. */
  marks(prefix: string): Promise<ReadonlyMap<string, number>>;
  /** Raises a mark, for good once this resolves; false, and nothing is written, when `guard` does not hold any more. */
  raise(name: string, mark: number, guard: StoreCondition['guard']): Promise<boolean>;
}

/** Notes in the store itself, for one that outlives masters. */
export class StoreNotes implements LeaseNotes {
  readonly formerMs = 0;
  readonly #store: CoordinationStore;

  constructor(store: CoordinationStore) {
    this.#store = store;
  }

  granting(): void {
    // the store knows itself how long its leases go on
  }

  async marks(prefix: string): Promise<ReadonlyMap<string, number>> {
    const values = await this.#store.list(keyOf(prefix));
    return new Map(values.map(({ key, value }) => [key.slice(keyOf('').length), Number(value)]));
  }

  async raise(name: string, mark: number, guard: StoreCondition['guard']): Promise<boolean> {
    const key = keyOf(name);
    for (;;) {
      const present = await this.#store.get(key);
      if (present && Number(present.value) >= mark) return true;
      const condition = { revision: present?.revision ?? 0, ...(guard && { guard }) };
      if (await this.#store.put(key, String(mark), { condition })) return true;
      // Either the guard holds no more, or somebody was quicker: only the holder itself raises a mark.
      if ((await this.#store.get(key))?.revision === present?.revision) return false;
    }
  }
}

const keyOf = (name: string): string => `marks/${name}`;
