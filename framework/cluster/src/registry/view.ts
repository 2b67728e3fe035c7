import { type RegistryEntry, serves, takesNew } from './entry.js';
import type { RegistryDelta, RegistrySnapshot } from './registry.js';
import type { RegistryFollower } from './source.js';

/** One change that a view has made, told after it is made. */
export type RegistryChange =
  | { readonly added: RegistryEntry }
  | { readonly changed: RegistryEntry }
  | { readonly removed: RegistryEntry };

/** Who is in the cluster, as a server sees it. */
export interface RegistryView {
  /** Rises with each change. */
  readonly revision: number;
  readonly all: readonly RegistryEntry[];
  get(id: string): RegistryEntry | undefined;
  /** The servers of a type that serve, by id. The same array until something about the type changes. */
  ofType(type: string): readonly RegistryEntry[];
  /**
   * Those of them that take new work. When none does, all that serve: it is better to be served by one that drains than by nobody. The
   * same array until something about the type changes.
   */
  takingNew(type: string): readonly RegistryEntry[];
  /** Calls `fn` after each change; the returned function ends that. */
  onChange(fn: (change: RegistryChange) => void): () => void;
}

const none: readonly RegistryEntry[] = Object.freeze([]);

/** A server's copy of the master's registry, kept by snapshots and deltas. */
export class RegistryCopy implements RegistryView, RegistryFollower {
  #epoch = '';
  #revision = 0;
  readonly #entries = new Map<string, RegistryEntry>();
  /** Ids that a former master knew and the present one has not confirmed yet. */
  readonly #unconfirmed = new Set<string>();
  readonly #serving = new Map<string, readonly RegistryEntry[]>();
  readonly #takingNew = new Map<string, readonly RegistryEntry[]>();
  readonly #listeners = new Set<(change: RegistryChange) => void>();
  readonly #failed: (error: unknown) => void;

  /** `failed` is told what a listener has thrown: the copy and all other listeners go on. */
  constructor(failed: (error: unknown) => void) {
    this.#failed = failed;
  }

  get revision(): number {
    return this.#revision;
  }

  get all(): readonly RegistryEntry[] {
    return [...this.#entries.values()];
  }

  get(id: string): RegistryEntry | undefined {
    return this.#entries.get(id);
  }

  ofType(type: string): readonly RegistryEntry[] {
    const cached = this.#serving.get(type);
    if (cached) return cached;
    const list = this.all.filter((entry) => entry.type === type && serves(entry));
    if (list.length === 0) return none;
    list.sort((a, b) => (a.id < b.id ? -1 : 1));
    this.#serving.set(type, list);
    return list;
  }

  takingNew(type: string): readonly RegistryEntry[] {
    const cached = this.#takingNew.get(type);
    if (cached) return cached;
    const serving = this.ofType(type);
    if (serving.length === 0) return none;
    const taking = serving.filter(takesNew);
    const list = taking.length === 0 || taking.length === serving.length ? serving : taking;
    this.#takingNew.set(type, list);
    return list;
  }

  #forget(type: string): void {
    this.#serving.delete(type);
    this.#takingNew.delete(type);
  }

  onChange(fn: (change: RegistryChange) => void): () => void {
    this.#listeners.add(fn);
    return () => this.#listeners.delete(fn);
  }

  /** Takes over a snapshot. One of a new master that is not settled removes nobody yet. */
  applySnapshot(snapshot: RegistrySnapshot): void {
    const sameMaster = snapshot.epoch === this.#epoch;
    this.#epoch = snapshot.epoch;
    this.#revision = snapshot.revision;
    const present = new Set(snapshot.entries.map(({ id }) => id));
    const absent = [...this.#entries.keys()].filter((id) => !present.has(id));
    for (const entry of snapshot.entries) this.#put(entry);
    if (snapshot.settled) for (const id of absent) this.#delete(id);
    else if (!sameMaster) for (const id of absent) this.#unconfirmed.add(id);
    else for (const id of absent) if (!this.#unconfirmed.has(id)) this.#delete(id);
  }

  /** Takes a step; false when steps between are missing, so that a snapshot is needed. */
  applyDelta(delta: RegistryDelta): boolean {
    if (delta.revision !== this.#revision + 1) return delta.revision <= this.#revision;
    this.#revision = delta.revision;
    if ('put' in delta) this.#put(delta.put);
    else if (this.#entries.get(delta.remove.id)?.bootId === delta.remove.bootId)
      this.#delete(delta.remove.id);
    return true;
  }

  /** The master has waited long enough: who has not come back is gone. */
  settle(): void {
    for (const id of [...this.#unconfirmed]) this.#delete(id);
  }

  #put(entry: RegistryEntry): void {
    this.#unconfirmed.delete(entry.id);
    const before = this.#entries.get(entry.id);
    if (before && before.bootId !== entry.bootId) this.#delete(entry.id);
    else if (before && JSON.stringify(before) === JSON.stringify(entry)) return;
    this.#entries.set(entry.id, entry);
    this.#forget(entry.type);
    this.#tell(before && before.bootId === entry.bootId ? { changed: entry } : { added: entry });
  }

  #delete(id: string): void {
    this.#unconfirmed.delete(id);
    const entry = this.#entries.get(id);
    if (!entry) return;
    this.#entries.delete(id);
    this.#forget(entry.type);
    this.#tell({ removed: { ...entry, state: 'gone' } });
  }

  #tell(change: RegistryChange): void {
    for (const fn of this.#listeners) {
      try {
        fn(change);
      } catch (error) {
        this.#failed(error);
      }
    }
  }
}
