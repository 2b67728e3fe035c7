import { type Clock, PomeloError, systemClock } from '@pomelo-ts/common';
import type { RevisionSource } from './revisions.js';
import type {
  CoordinationStore,
  PutOptions,
  StoreChange,
  StoreCondition,
  StoredValue,
  StoreLease,
} from './store.js';

/** Settings of a {@link MemoryStore}. */
export interface MemoryStoreOptions {
  readonly clock?: Clock;
  /** Where its revisions come from. @default counts from 1, so only good for a store that has one life */
  readonly revisions?: RevisionSource;
}

interface Held {
  readonly value: StoredValue;
  readonly leaseId: string | undefined;
}

interface LiveLease {
  readonly ttlMs: number;
  endsAt: number;
  cancel(): void;
}

interface Watcher {
  readonly prefix: string;
  readonly onChange: (change: StoreChange) => void;
  ended: boolean;
}

/** The store of a cluster with one master: in its memory, so what was held ends with the master's process. */
export class MemoryStore implements CoordinationStore {
  readonly kind = 'memory';
  readonly #clock: Clock;
  readonly #revisions: RevisionSource;
  readonly #held = new Map<string, Held>();
  readonly #leases = new Map<string, LiveLease>();
  readonly #watchers = new Set<Watcher>();
  #lastLease = 0;
  #closed = false;

  constructor(options: MemoryStoreOptions = {}) {
    this.#clock = options.clock ?? systemClock;
    this.#revisions = options.revisions ?? counter();
  }

  async get(key: string): Promise<StoredValue | undefined> {
    this.#begin();
    return this.#held.get(key)?.value;
  }

  async list(prefix: string): Promise<readonly StoredValue[]> {
    this.#begin();
    return [...this.#held.values()]
      .map(({ value }) => value)
      .filter(({ key }) => key.startsWith(prefix))
      .sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
  }

  async put(key: string, text: string, options: PutOptions = {}): Promise<StoredValue | undefined> {
    this.#begin();
    const { lease, keepLease = false, condition } = options;
    if (!this.#holds(key, condition) || (lease && !this.#leases.has(lease.id))) return undefined;
    const revision = this.#revisions.next();
    const present = this.#held.get(key);
    const created = present?.value.created ?? revision;
    const value: StoredValue = { key, value: text, created, revision };
    this.#held.set(key, { value, leaseId: keepLease ? present?.leaseId : lease?.id });
    this.#tell(key, { put: value });
    return value;
  }

  async delete(key: string, condition?: StoreCondition): Promise<boolean> {
    this.#begin();
    return this.#holds(key, condition) && this.#remove(key);
  }

  async grant(ttlMs: number): Promise<StoreLease> {
    this.#begin();
    const id = String(++this.#lastLease);
    this.#leases.set(id, { ttlMs, ...this.#timeFor(id, ttlMs) });
    return { id, ttlMs };
  }

  async keepAlive({ id }: StoreLease): Promise<boolean> {
    this.#begin();
    const lease = this.#leases.get(id);
    if (!lease) return false;
    lease.cancel();
    Object.assign(lease, this.#timeFor(id, lease.ttlMs));
    return true;
  }

  async revoke({ id }: StoreLease): Promise<void> {
    this.#begin();
    this.#endLease(id);
  }

  async watch(prefix: string, onChange: (change: StoreChange) => void): Promise<() => void> {
    this.#begin();
    const watcher: Watcher = { prefix, onChange, ended: false };
    this.#watchers.add(watcher);
    return () => {
      watcher.ended = true;
      this.#watchers.delete(watcher);
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const { cancel } of this.#leases.values()) cancel();
    for (const watcher of this.#watchers) watcher.ended = true;
    this.#leases.clear();
    this.#watchers.clear();
  }

  /** Before any work: leases that ran out while this process was paused have done so before it, too. */
  #begin(): void {
    if (this.#closed)
      throw new PomeloError('STORE_UNREACHABLE', { store: this.kind, reason: 'it was closed' });
    const now = this.#clock.now();
    for (const [id, { endsAt }] of this.#leases) if (endsAt <= now) this.#endLease(id);
  }

  #holds(key: string, { revision, guard }: StoreCondition = {}): boolean {
    if (revision !== undefined && (this.#held.get(key)?.value.revision ?? 0) !== revision) return false;
    return guard === undefined || (this.#held.get(guard.key)?.value.created ?? 0) === guard.created;
  }

  #timeFor(id: string, ttlMs: number): Pick<LiveLease, 'endsAt' | 'cancel'> {
    return {
      endsAt: this.#clock.now() + ttlMs,
      cancel: this.#clock.after(ttlMs, () => this.#endLease(id)),
    };
  }

  #endLease(id: string): void {
    this.#leases.get(id)?.cancel();
    this.#leases.delete(id);
    for (const [key, { leaseId }] of this.#held) if (leaseId === id) this.#remove(key);
  }

  #remove(key: string): boolean {
    if (!this.#held.delete(key)) return false;
    this.#tell(key, { deleted: key });
    return true;
  }

  /** Later, as with any other engine: who is told must not run in the middle of somebody's write. */
  #tell(key: string, change: StoreChange): void {
    for (const watcher of this.#watchers) {
      if (!key.startsWith(watcher.prefix)) continue;
      queueMicrotask(() => {
        if (!watcher.ended) watcher.onChange(change);
      });
    }
  }
}

function counter(): RevisionSource {
  let last = 0;
  return { next: () => ++last };
}
