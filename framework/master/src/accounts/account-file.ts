import { statSync } from 'node:fs';
import { join } from 'node:path';
import { PomeloError, reasonOf } from '@pomelo-ts/common';
import { readRegularFile, replaceFile } from '@pomelo-ts/common/internal';
import type { Account, KeptKey } from './account.js';

/** All that is kept of who may sign in. */
export interface AccountBook {
  readonly accounts: readonly Account[];
  readonly keys: readonly KeptKey[];
}

const empty: AccountBook = { accounts: [], keys: [] };

/** The file with all accounts and keys of a game, for this user alone. */
export class AccountFile {
  readonly path: string;
  #read: { readonly mark: string; readonly book: AccountBook } | undefined;

  constructor(root: string) {
    this.path = join(root, '.pomelo-ts', 'accounts.json');
  }

  /** What the file says now; it is read again only when it is another one. @throws ACCOUNTS_UNREADABLE */
  read(): AccountBook {
    const mark = this.#mark();
    if (this.#read?.mark !== mark) this.#read = { mark, book: mark === '' ? empty : this.#load() };
    return this.#read.book;
  }

  /** @throws what is wrong with the disk */
  write(book: AccountBook): void {
    replaceFile(this.path, `${JSON.stringify(book, undefined, 2)}\n`, { durable: true });
    this.#read = { mark: this.#mark(), book };
  }

  /** Tells one state of the file from another; empty where there is none. */
  #mark(): string {
    const stats = statSync(this.path, { throwIfNoEntry: false, bigint: true });
    return stats ? `${stats.ino} ${stats.mtimeNs} ${stats.size}` : '';
  }

  /** Nobody signs in by a file that cannot be read: an empty one in its place would invite whoever comes first. */
  #load(): AccountBook {
    try {
      const { accounts, keys } = JSON.parse(readRegularFile(this.path)) as Partial<AccountBook>;
      if (!Array.isArray(accounts) || !Array.isArray(keys))
        throw new Error('expected accounts and keys in it');
      return { accounts, keys };
    } catch (error) {
      throw new PomeloError('ACCOUNTS_UNREADABLE', { file: this.path, reason: reasonOf(error) });
    }
  }
}
