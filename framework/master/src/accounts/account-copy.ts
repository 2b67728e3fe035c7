import { type Logger, reasonOf } from '@pomelo-ts/common';
import { type AccountBook, onlyIn, type SharedBook } from './account-book.js';
import type { AccountFile } from './account-file.js';

/** What one of several masters has of their book of accounts in its own folder. */
export class AccountCopy {
  readonly #file: AccountFile;
  readonly #logger: Logger;

  constructor(file: AccountFile, logger: Logger) {
    this.#file = file;
    this.#logger = logger;
  }

  /** What lies in the folder now, be it a copy or a book of its own. @throws ACCOUNTS_UNREADABLE */
  found(): AccountBook | undefined {
    return this.#file.found();
  }

  /**
   * Keeps what all masters share, unless what is here is as new. A file that is no copy of it, or that cannot be read, is put aside, and
   * that is told. A disk that is full keeps nobody from anything.
   */
  keep(shared: SharedBook): void {
    try {
      const { id, change } = shared.cluster;
      const own = this.#readable();
      if (own?.cluster?.id === id && own.cluster.change >= change) return;
      if (own && own.cluster?.id !== id) this.#giveWay(own, shared);
      this.#file.write(shared);
    } catch (error) {
      this.#logger.error('What masters share of accounts could not be written down on this machine.', {
        error,
      });
    }
  }

  /** What is here, if it makes sense. */
  #readable(): AccountBook | undefined {
    try {
      return this.#file.found();
    } catch (error) {
      const aside = this.#file.putAside();
      const reason = reasonOf(error);
      this.#logger.warn('The accounts in the folder of this master could not be read, and were put aside.', {
        ...{ aside, reason },
      });
      return undefined;
    }
  }

  /** Who can sign in by it alone is told to nobody but the log: the names, for who has to make them anew. */
  #giveWay(own: AccountBook, shared: SharedBook): void {
    const { accounts, keys } = onlyIn(own, shared);
    if (accounts.length + keys.length === 0) return;
    const aside = this.#file.putAside();
    this.#logger.warn(
      'The accounts in the folder of this master are others than those that all masters share, which count: the file was put aside.',
      { aside, accounts: accounts.join(', '), keys: keys.join(', ') },
    );
  }
}
