import type { CoordinationStore, StoreCondition } from '@pomelo-ts/cluster';
import { type BlacklistKeeper, type BlacklistRow, rowsIn, textOfRows } from './kept-networks.js';

const key = 'blacklist';

/** Keeps the blacklist in what all masters share. */
export class BlacklistStore implements BlacklistKeeper {
  readonly left: readonly BlacklistRow[];
  readonly #store: CoordinationStore;
  readonly #condition: () => StoreCondition;

  private constructor(
    store: CoordinationStore,
    condition: () => StoreCondition,
    left: readonly BlacklistRow[],
  ) {
    this.#store = store;
    this.#condition = condition;
    this.left = left;
  }

  /**
   * Reads what former masters have left.
   *
   * @param condition what holds for as long as this master leads; may throw once it does not
   * @throws STORE_UNREACHABLE
   */
  static async open(store: CoordinationStore, condition: () => StoreCondition): Promise<BlacklistStore> {
    const held = await store.get(key);
    return new BlacklistStore(store, condition, held ? rowsIn(held.value) : []);
  }

  async keep(rows: readonly BlacklistRow[]): Promise<void> {
    const written = await this.#store.put(key, textOfRows(rows), { condition: this.#condition() });
    if (!written) throw new Error('this master leads no more');
  }
}
