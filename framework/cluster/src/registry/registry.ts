import type { JoiningEntry, RegistryEntry } from './entry.js';

/** One step of the registry from revision - 1 to `revision`. A removal names the life it ends. */
export type RegistryDelta =
  | { readonly revision: number; readonly put: RegistryEntry }
  | { readonly revision: number; readonly remove: { readonly id: string; readonly bootId: string } };

/** The whole registry at one revision. */
export interface RegistrySnapshot {
  /** Names the master that counts the revisions. */
  readonly epoch: string;
  readonly revision: number;
  readonly entries: readonly RegistryEntry[];
  /** False while a new master still waits for servers to come back, so that absence means nothing yet. */
  readonly settled: boolean;
}

/** The master's table of who is in the cluster. */
export class Registry {
  readonly epoch: string;
  readonly #entries = new Map<string, RegistryEntry>();
  /** The same as JSON. */
  readonly #texts = new Map<string, string>();
  readonly #listeners = new Set<(delta: RegistryDelta) => void>();
  /** Order of joining of each server's last life, kept when its entry goes: a life that comes back has its old place. */
  readonly #joined = new Map<string, { readonly bootId: string; readonly joined: number }>();
  #revision = 0;

  constructor(epoch: string) {
    this.epoch = epoch;
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

  /** Adds or replaces the entry of `entry.id`. */
  put(joining: JoiningEntry): void {
    const revision = ++this.#revision;
    const { id, bootId } = joining;
    const known = this.#joined.get(id);
    const joined = known?.bootId === bootId ? known.joined : revision;
    this.#joined.set(id, { bootId, joined });
    const entry: RegistryEntry = { ...joining, joined };
    this.#entries.set(entry.id, entry);
    this.#texts.set(entry.id, JSON.stringify(entry));
    this.#tell({ revision, put: entry });
  }

  /** Removes a server's entry, unless another life has taken its place; tells whether it did. */
  remove(id: string, bootId: string): boolean {
    if (this.#entries.get(id)?.bootId !== bootId) return false;
    this.#entries.delete(id);
    this.#texts.delete(id);
    this.#tell({ revision: ++this.#revision, remove: { id, bootId } });
    return true;
  }

  snapshot(settled: boolean): RegistrySnapshot {
    return { epoch: this.epoch, revision: this.#revision, entries: this.all, settled };
  }

  /** {@link snapshot} as JSON. Each server that joins is told all others: an entry is written once for all of them. */
  snapshotJson(settled: boolean): string {
    const [epoch, entries] = [JSON.stringify(this.epoch), [...this.#texts.values()].join()];
    return `{"epoch":${epoch},"revision":${this.#revision},"entries":[${entries}],"settled":${settled}}`;
  }

  /** Calls `fn` with each step from now on; the returned function ends that. */
  onDelta(fn: (delta: RegistryDelta) => void): () => void {
    this.#listeners.add(fn);
    return () => this.#listeners.delete(fn);
  }

  #tell(delta: RegistryDelta): void {
    for (const fn of this.#listeners) fn(delta);
  }
}
