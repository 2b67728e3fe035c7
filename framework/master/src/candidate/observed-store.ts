import type {
  CoordinationStore,
  PutOptions,
  StoreChange,
  StoreCondition,
  StoredValue,
  StoreLease,
} from '@pomelo-ts/cluster';
import { isPomeloError, reasonOf } from '@pomelo-ts/common';
import type { HealthFinding } from '@pomelo-ts/common/ops';

/** A store that remembers whether it has answered the last time: a master asks it several times while a lease lasts, so that is of now. */
export class ObservedStore implements CoordinationStore {
  readonly #store: CoordinationStore;
  #failure: string | undefined;

  constructor(store: CoordinationStore) {
    this.#store = store;
  }

  get kind(): string {
    return this.#store.kind;
  }

  /** Players play on without it, and the master that leads does until its lease is over. */
  get health(): HealthFinding {
    const details = { kind: this.kind };
    if (this.#failure === undefined) return { status: 'UP', details };
    return {
      status: 'DEGRADED',
      cause: `the store that masters share, with leases and accounts, does not answer: ${this.#failure}`,
      cure: 'pomelo-ts doctor asks it; bring back most of its members, or the way there: without it this master leads no more when its lease is over, and no other one does',
      details,
    };
  }

  get(key: string): Promise<StoredValue | undefined> {
    return this.#observed(this.#store.get(key));
  }

  list(prefix: string): Promise<readonly StoredValue[]> {
    return this.#observed(this.#store.list(prefix));
  }

  put(key: string, value: string, options?: PutOptions): Promise<StoredValue | undefined> {
    return this.#observed(this.#store.put(key, value, options));
  }

  delete(key: string, condition?: StoreCondition): Promise<boolean> {
    return this.#observed(this.#store.delete(key, condition));
  }

  grant(ttlMs: number): Promise<StoreLease> {
    return this.#observed(this.#store.grant(ttlMs));
  }

  keepAlive(lease: StoreLease): Promise<boolean> {
    return this.#observed(this.#store.keepAlive(lease));
  }

  revoke(lease: StoreLease): Promise<void> {
    return this.#observed(this.#store.revoke(lease));
  }

  watch(prefix: string, onChange: (change: StoreChange) => void, onGap?: () => void): Promise<() => void> {
    return this.#observed(this.#store.watch(prefix, onChange, onGap));
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  /** What the store refuses it has answered. */
  async #observed<T>(asked: Promise<T>): Promise<T> {
    try {
      const answer = await asked;
      this.#failure = undefined;
      return answer;
    } catch (error) {
      const isSilent = isPomeloError(error) && error.code === 'STORE_UNREACHABLE';
      this.#failure = isSilent ? reasonOf(error) : undefined;
      throw error;
    }
  }
}
