import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { CoordinationStore, StoreCondition } from '@pomelo-ts/cluster';
import { replaceFile } from '@pomelo-ts/common/internal';
import { type KeptOperation, readKept } from './kept-operation.js';

/** Keeps long operations for the next master. */
export interface OperationJournal {
  /** What former masters have left, in any order. */
  read(): Promise<readonly KeptOperation[]>;
  /** Resolves once the next master would know it. */
  write(operation: KeptOperation): Promise<void>;
  remove(id: number): Promise<void>;
}

/** A journal in files of one environment: `.pomelo-ts/operations.<env>/<id>.json`. */
export class FileJournal implements OperationJournal {
  readonly #folder: string;

  constructor(root: string, env: string) {
    this.#folder = join(root, '.pomelo-ts', `operations.${env}`);
  }

  async read(): Promise<readonly KeptOperation[]> {
    return this.#names().flatMap((name) => {
      const kept = readKept(readFileSync(join(this.#folder, name), 'utf8'));
      return kept ? [kept] : [];
    });
  }

  async write(operation: KeptOperation): Promise<void> {
    replaceFile(this.#file(operation.id), `${JSON.stringify(operation)}\n`, { durable: true });
  }

  async remove(id: number): Promise<void> {
    rmSync(this.#file(id), { force: true });
  }

  #file(id: number): string {
    return join(this.#folder, `${id}.json`);
  }

  #names(): readonly string[] {
    try {
      return readdirSync(this.#folder).filter((name) => name.endsWith('.json'));
    } catch {
      return []; // nothing was written here yet
    }
  }
}

const prefix = 'operations/';

/** A journal in what all masters share, each operation under a key of its own. */
export class StoreJournal implements OperationJournal {
  readonly #store: CoordinationStore;
  readonly #condition: () => StoreCondition;

  /** @param condition what holds for as long as this master leads; may throw once it does not */
  constructor(store: CoordinationStore, condition: () => StoreCondition) {
    this.#store = store;
    this.#condition = condition;
  }

  async read(): Promise<readonly KeptOperation[]> {
    const stored = await this.#store.list(prefix);
    return stored.flatMap(({ value }) => readKept(value) ?? []);
  }

  async write(operation: KeptOperation): Promise<void> {
    const condition = this.#condition();
    const written = await this.#store.put(prefix + operation.id, JSON.stringify(operation), { condition });
    if (!written) throw new Error('this master leads no more');
  }

  async remove(id: number): Promise<void> {
    await this.#store.delete(prefix + id, this.#condition());
  }
}
