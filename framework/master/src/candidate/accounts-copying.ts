import type { CoordinationStore, StoredValue } from '@pomelo-ts/cluster';
import { isPomeloError, type Logger } from '@pomelo-ts/common';
import type { AccountCopy } from '../accounts/account-copy.js';
import { accountsKey, sharedBookOf } from '../accounts/account-store.js';

/**
 * Keeps in the folder of a master what all masters share of accounts, also while it stands by: so whoever starts it learns at once when its
 * own file is another one, and what was revoked stays so where the store is lost or set back.
 */
export class AccountsCopying {
  readonly #store: CoordinationStore;
  readonly #copy: AccountCopy;
  readonly #logger: Logger;
  #stop: () => void = () => {};

  constructor(store: CoordinationStore, copy: AccountCopy, logger: Logger) {
    this.#store = store;
    this.#copy = copy;
    this.#logger = logger;
  }

  /** @throws STORE_UNREACHABLE, STORE_FORGED */
  async begin(): Promise<void> {
    const missed = () => void this.#look().catch((error: unknown) => this.#tell(error));
    this.#stop();
    this.#stop = await this.#store.watch(
      accountsKey,
      (change) => {
        if ('put' in change) this.#take(change.put);
      },
      missed,
    );
    await this.#look();
  }

  close(): void {
    this.#stop();
  }

  async #look(): Promise<void> {
    const held = await this.#store.get(accountsKey);
    if (held) this.#take(held);
  }

  /** What makes no sense here is of a later version, and none of this master's business before it leads. */
  #take({ key, value }: StoredValue): void {
    if (key !== accountsKey) return;
    try {
      this.#copy.keep(sharedBookOf(value, this.#store.kind));
    } catch (error) {
      if (!isPomeloError(error, 'ACCOUNTS_UNREADABLE')) throw error;
      this.#tell(error);
    }
  }

  #tell(error: unknown): void {
    this.#logger.warn('What masters share of accounts is not known here.', { error });
  }
}
