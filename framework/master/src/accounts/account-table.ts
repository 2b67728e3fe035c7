import type { OperatorRole } from '@pomelo-ts/cluster';
import { PomeloError } from '@pomelo-ts/common';
import type { Account } from './account.js';
import type { AccountBook, AccountKeeper } from './account-book.js';
import { alikeName, sameName } from './account-names.js';
import type { Permit } from './permit.js';

/** Most accounts of a game. */
const mostAccounts = 1000;

/** All accounts, as they are kept: no change leaves nobody who may let others in. */
export class AccountTable {
  readonly #keeper: AccountKeeper;
  readonly #permit: (role: string) => Permit;

  constructor(keeper: AccountKeeper, permit: (role: string) => Permit) {
    this.#keeper = keeper;
    this.#permit = permit;
  }

  get all(): readonly Account[] {
    return this.#keeper.read().accounts;
  }

  find(name: string): Account | undefined {
    return this.all.find((account) => account.name === name);
  }

  /** The one that somebody means who has typed `name`. */
  meant(name: string): Account | undefined {
    return sameName(this.all, name);
  }

  /** @throws ACCOUNT_MISSING */
  require(name: string): Account {
    return accountIn(this.all, name);
  }

  /** @throws ACCOUNT_EXISTS, ACCOUNT_ALIKE, ACCOUNTS_FULL, ACCOUNTS_UNWRITABLE */
  add(account: Account): Promise<void> {
    const { name } = account;
    return this.#change((all) => {
      if (all.some((one) => one.name === name)) throw new PomeloError('ACCOUNT_EXISTS', { name });
      const alike = alikeName(all, name);
      if (alike) throw new PomeloError('ACCOUNT_ALIKE', { name, other: alike.name });
      if (all.length >= mostAccounts) throw new PomeloError('ACCOUNTS_FULL', { most: mostAccounts });
      return [...all, account];
    });
  }

  /**
   * Has `work` make another one of an account as it is when it is this change's turn: meanwhile others may have changed it.
   *
   * @throws ACCOUNT_MISSING, ACCOUNT_LAST, ACCOUNTS_UNWRITABLE; what `work` throws
   */
  update(name: string, work: (account: Account) => Account): Promise<void> {
    return this.#change((all) => {
      const next = work(accountIn(all, name));
      return all.map((other) => (other.name === name ? next : other));
    });
  }

  /** @throws ACCOUNT_MISSING, ACCOUNT_LAST, ACCOUNTS_UNWRITABLE */
  remove(name: string): Promise<void> {
    return this.#change((all) => {
      const gone = accountIn(all, name);
      return all.filter((account) => account !== gone);
    });
  }

  #change(work: (all: readonly Account[]) => readonly Account[]): Promise<void> {
    return this.#keeper.change((book: AccountBook) => {
      const accounts = work(book.accounts);
      this.#requireAdminIn(accounts, book.accounts);
      return { ...book, accounts };
    });
  }

  /** Somebody must be able to let others in. @throws ACCOUNT_LAST */
  #requireAdminIn(accounts: readonly Account[], before: readonly Account[]): void {
    const may = ({ disabled, role }: Account) => {
      const { allows, servers } = this.#permit(role);
      return !disabled && !servers && allows('accounts.add', 'admin' satisfies OperatorRole);
    };
    if (!accounts.some(may) && before.some(may)) throw new PomeloError('ACCOUNT_LAST', {});
  }
}

/** @throws ACCOUNT_MISSING */
function accountIn(all: readonly Account[], name: string): Account {
  const account = all.find((one) => one.name === name);
  if (!account) throw new PomeloError('ACCOUNT_MISSING', { name });
  return account;
}
