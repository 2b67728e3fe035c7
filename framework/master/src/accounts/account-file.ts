import { createHash } from 'node:crypto';
import { renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { PomeloError, reasonOf } from '@pomelo-ts/common';
import { readRegularFile, replaceFile } from '@pomelo-ts/common/internal';
import { type AccountBook, type AccountKeeper, bookIn, emptyBook } from './account-book.js';

/** The file with all accounts and keys of a game, for this user alone: where one master keeps them, and several have their copy. */
export class AccountFile implements AccountKeeper {
  readonly path: string;
  readonly #folder: string;
  #read: { readonly mark: string; readonly book: AccountBook | undefined } | undefined;
  /** Whether the file was looked at in this turn of the event loop: many requests are answered in one. */
  #looked = false;

  constructor(root: string) {
    this.#folder = join(root, '.pomelo-ts');
    this.path = join(this.#folder, 'accounts.json');
  }

  /** What the file says now; it is read again only when it is another one. @throws ACCOUNTS_UNREADABLE */
  read(): AccountBook {
    return this.found() ?? emptyBook;
  }

  /** As {@link read}; undefined where there is none. @throws ACCOUNTS_UNREADABLE */
  found(): AccountBook | undefined {
    if (this.#looked && this.#read) return this.#read.book;
    const mark = this.#mark();
    if (this.#read?.mark !== mark) this.#read = { mark, book: mark === '' ? undefined : this.#load() };
    if (!this.#looked) setImmediate(() => (this.#looked = false));
    this.#looked = true;
    return this.#read.book;
  }

  /** Whoever keeps accounts in this file alone has a book of their own: it is a copy of no other one any more. */
  async change(work: (book: AccountBook) => AccountBook): Promise<void> {
    this.#looked = false;
    const { accounts, keys } = work(this.read());
    try {
      this.write({ accounts, keys });
    } catch (error) {
      throw new PomeloError('ACCOUNTS_UNWRITABLE', { reason: reasonOf(error) }, { cause: error });
    }
  }

  /** @throws what is wrong with the disk */
  write(book: AccountBook): void {
    replaceFile(this.path, `${JSON.stringify(book, undefined, 2)}\n`, { durable: true });
    this.#read = { mark: this.#mark(), book };
  }

  /** It may have been edited by hand, just now. */
  look(): void {
    this.#looked = false;
  }

  /** Gives the file another name, by what is in it; tells that. @throws what is wrong with the disk */
  putAside(): string {
    this.#looked = false;
    const hash = createHash('sha256').update(readRegularFile(this.path)).digest('hex');
    const aside = join(this.#folder, `accounts.${hash.slice(0, 8)}.json`);
    renameSync(this.path, aside);
    return aside;
  }

  /** Tells one state of the file from another; empty where there is none. */
  #mark(): string {
    const stats = statSync(this.path, { throwIfNoEntry: false, bigint: true });
    return stats ? `${stats.ino} ${stats.mtimeNs} ${stats.size}` : '';
  }

  /** Nobody signs in by a file that cannot be read. */
  #load(): AccountBook {
    try {
      return bookIn(readRegularFile(this.path));
    } catch (error) {
      throw new PomeloError('ACCOUNTS_UNREADABLE', { file: this.path, reason: reasonOf(error) });
    }
  }
}
