import { randomBytes } from 'node:crypto';
import type { Account, KeptKey } from './account.js';

/** All that is kept of who may sign in. */
export interface AccountBook {
  readonly accounts: readonly Account[];
  readonly keys: readonly KeptKey[];
  /** Of which book of several masters it is a copy; missing where one master has it for itself. */
  readonly cluster?: BookMark;
}

/** What tells a book that several masters share from any other one, and its states from each other. */
export interface BookMark {
  readonly id: string;
  /** Number of its last change: of two copies, the one with the higher number is newer. */
  readonly change: number;
}

/** The one book of several masters. */
export type SharedBook = AccountBook & { readonly cluster: BookMark };

/** Where accounts and keys outlive a master. */
export interface AccountKeeper {
  /** What counts now. @throws ACCOUNTS_UNREADABLE */
  read(): AccountBook;
  /**
   * Has `work` make the next book of the present one, a change after the other. Resolves once the next master would know it, and not before.
   *
   * @throws ACCOUNTS_UNREADABLE; ACCOUNTS_UNWRITABLE: it does not count then; what `work` throws
   */
  change(work: (book: AccountBook) => AccountBook): Promise<void>;
  /** Makes good what could not be read before; called again and again. */
  look?(): void;
}

export const emptyBook: AccountBook = { accounts: [], keys: [] };

/** What a text says that was made of a book. @throws Error for any other one: an empty book in its place would invite whoever comes first */
export function bookIn(text: string): AccountBook {
  const { accounts, keys, cluster } = (JSON.parse(text) ?? {}) as Partial<AccountBook>;
  if (!Array.isArray(accounts) || !Array.isArray(keys)) throw new Error('expected accounts and keys in it');
  if (cluster === undefined) return { accounts, keys };
  if (typeof cluster?.id !== 'string' || !Number.isSafeInteger(cluster.change))
    throw new Error('expected the id of a book and the number of its last change in cluster');
  return { accounts, keys, cluster };
}

/** As {@link bookIn}, of one that masters share. */
export function sharedBookIn(text: string): SharedBook {
  const { cluster, ...book } = bookIn(text);
  if (!cluster) throw new Error('expected the mark of a book of several masters');
  return { ...book, cluster };
}

/** Begins a book of several masters by what one has had for itself. */
export const beginShared = ({ accounts, keys }: AccountBook): SharedBook => ({
  ...{ accounts, keys },
  cluster: { id: randomBytes(6).toString('hex'), change: 0 },
});

/** The book after one more change. */
export const changed = (
  { cluster: { id, change } }: SharedBook,
  { accounts, keys }: AccountBook,
): SharedBook => ({
  ...{ accounts, keys },
  cluster: { id, change: change + 1 },
});

/** Whether `one` is a later state of the same book as `other`. */
export const isLater = ({ cluster }: AccountBook, other: SharedBook): boolean =>
  cluster?.id === other.cluster.id && cluster.change > other.cluster.change;

/** Names of accounts and of keys by which somebody could get in with `one` and cannot so with `other`. */
export function onlyIn(
  one: AccountBook,
  other: AccountBook,
): { readonly accounts: readonly string[]; readonly keys: readonly string[] } {
  const accounts = new Set(other.accounts.map(meansOf));
  const hashes = new Set(other.keys.map(({ hash }) => hash));
  return {
    accounts: one.accounts.filter((account) => !accounts.has(meansOf(account))).map(({ name }) => name),
    keys: one.keys.filter(({ hash }) => !hashes.has(hash)).map(({ name }) => name),
  };
}

/** What an account lets somebody in by, and to what: when and where that was last is none of it. */
const meansOf = ({ name, role, password, secondFactor, disabled = false }: Account): string =>
  JSON.stringify([name, role, password, secondFactor?.secret, disabled]);
