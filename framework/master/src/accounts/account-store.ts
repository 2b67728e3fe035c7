import type { CoordinationStore, StoreCondition } from '@pomelo-ts/cluster';
import { isPomeloError, type Logger, PomeloError, reasonOf } from '@pomelo-ts/common';
import {
  type AccountBook,
  type AccountKeeper,
  beginShared,
  changed,
  emptyBook,
  isLater,
  type SharedBook,
  sharedBookIn,
} from './account-book.js';
import type { AccountCopy } from './account-copy.js';

/** Where the book of accounts is in the store that masters share. */
export const accountsKey = 'accounts';

/** What an {@link AccountStore} works with. */
export interface AccountStoreParts {
  readonly store: CoordinationStore;
  /** What holds for as long as this master leads; may throw once it does not. */
  condition(): StoreCondition;
  readonly copy: AccountCopy;
  readonly logger: Logger;
}

/** Keeps accounts and keys in what all masters share, sealed, and a copy of them in the folder of this one. */
export class AccountStore implements AccountKeeper {
  readonly #parts: AccountStoreParts;
  #held: SharedBook | undefined;
  /** Why nobody is let in, where that is so. */
  #problem: unknown;
  /** Whether the store has not said what became of a change. */
  #unsure = false;
  /** One change after the other: each is made of the one before. */
  #last: Promise<unknown> = Promise.resolve();
  #looking = false;

  private constructor(parts: AccountStoreParts) {
    this.#parts = parts;
  }

  /**
   * Reads what former masters have left; the first master moves there what it has had for itself.
   *
   * @throws STORE_UNREACHABLE, STORE_FORGED; an Error once this master leads no more
   */
  static async open(parts: AccountStoreParts): Promise<AccountStore> {
    const opened = new AccountStore(parts);
    await opened.#load();
    return opened;
  }

  read(): AccountBook {
    if (this.#held) return this.#held;
    throw this.#problem;
  }

  change(work: (book: AccountBook) => AccountBook): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#unsure || !this.#held) await this.#load().catch(unwritable);
      const before = this.read() as SharedBook;
      const next = work(before);
      if (next !== before) await this.#put(changed(before, next)).catch(unwritable);
    });
  }

  look(): void {
    if (this.#looking || !(this.#unsure || !this.#held)) return;
    this.#looking = true;
    const done = () => (this.#looking = false);
    void this.#inTurn(() => this.#load()).then(done, done); // a store that is away is asked again
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => {}); // whoever asked for it is told
    return turn;
  }

  /** A value of this cluster that makes no sense, as of a later version, lets nobody in, and keeps no master from leading. */
  async #load(): Promise<void> {
    const { store, copy, logger } = this.#parts;
    const held = await store.get(accountsKey);
    try {
      const shared = held && sharedBookOf(held.value, store.kind);
      const own = shared ? quietly(() => copy.found()) : copy.found();
      if (!shared) return await this.#begin(own);
      if (own && isLater(own, shared)) {
        const facts = { store: shared.cluster.change, here: own.cluster?.change };
        logger.warn(
          'The store has older accounts than this master, as if it was set back: the newer ones count.',
          facts,
        );
        return await this.#put(changed({ ...own, cluster: own.cluster! }, own));
      }
      this.#hold(shared);
    } catch (error) {
      if (!isPomeloError(error, 'ACCOUNTS_UNREADABLE')) throw error;
      this.#held = undefined;
      this.#problem = error;
    }
  }

  /** No master has shared any yet: those of the first one that leads are those of all. */
  async #begin(own: AccountBook = emptyBook): Promise<void> {
    const first = beginShared(own);
    const { accounts, keys } = own;
    if (accounts.length + keys.length === 0) {
      this.#held = first; // its first change is the first that there is to share
      return;
    }
    await this.#put(changed(first, own));
    this.#parts.logger.info(
      'The accounts in the folder of this master are those of all masters from now on.',
      {
        ...{ accounts: accounts.length, keys: keys.length },
      },
    );
  }

  async #put(next: SharedBook): Promise<void> {
    const { store, condition } = this.#parts;
    this.#unsure = true; // also when this fails: it may have been written all the same
    const how = { condition: condition(), sealed: true };
    const written = await store.put(accountsKey, JSON.stringify(next), how);
    if (!written) throw new Error('this master leads no more');
    this.#hold(next);
  }

  #hold(shared: SharedBook): void {
    this.#held = shared;
    this.#unsure = false;
    this.#parts.copy.keep(shared);
  }
}

/** @throws ACCOUNTS_UNREADABLE */
export function sharedBookOf(text: string, kind: string): SharedBook {
  try {
    return sharedBookIn(text);
  } catch (error) {
    const file = `The value of ${accountsKey} in the coordination store ${kind}`;
    throw new PomeloError('ACCOUNTS_UNREADABLE', { file, reason: reasonOf(error) });
  }
}

/** Where the store has a book, a file that makes no sense says nothing. */
function quietly<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

function unwritable(error: unknown): never {
  throw new PomeloError('ACCOUNTS_UNWRITABLE', { reason: reasonOf(error) }, { cause: error });
}
