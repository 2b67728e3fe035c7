import type { OperatorRole } from '@pomelo-ts/cluster';
import { PomeloError } from '@pomelo-ts/common';
import type { Account } from './account.js';
import type { AccountFile } from './account-file.js';
import { alikeName, sameName } from './account-names.js';
import type { Permit } from './permit.js';

/** Most accounts of a game. */
const mostAccounts = 1000;

/** All accounts, as their file has them: no change leaves nobody who may let others in. */
export class AccountTable {
  readonly #file: AccountFile;
  readonly #permit: (role: string) => Permit;

  constructor(file: AccountFile, permit: (role: string) => Permit) {
    this.#file = file;
    this.#permit = permit;
  }

  get all(): readonly Account[] {
    return this.#file.read().accounts;
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
    const account = this.find(name);
    if (!account) throw new PomeloError('ACCOUNT_MISSING', { name });
    return account;
  }

  /** @throws ACCOUNT_EXISTS, ACCOUNT_ALIKE, ACCOUNTS_FULL */
  add(account: Account): void {
    const { name } = account;
    const { all } = this;
    if (this.find(name)) throw new PomeloError('ACCOUNT_EXISTS', { name });
    const alike = alikeName(all, name);
    if (alike) throw new PomeloError('ACCOUNT_ALIKE', { name, other: alike.name });
    if (all.length >= mostAccounts) throw new PomeloError('ACCOUNTS_FULL', { most: mostAccounts });
    this.#write([...all, account]);
  }

  /** @throws ACCOUNT_LAST */
  replace(account: Account): void {
    const accounts = this.all.map((other) => (other.name === account.name ? account : other));
    this.#requireAdminIn(accounts);
    this.#write(accounts);
  }

  /** @throws ACCOUNT_MISSING, ACCOUNT_LAST */
  remove(name: string): void {
    this.require(name);
    const accounts = this.all.filter((account) => account.name !== name);
    this.#requireAdminIn(accounts);
    this.#write(accounts);
  }

  /** Somebody must be able to let others in. @throws ACCOUNT_LAST */
  #requireAdminIn(accounts: readonly Account[]): void {
    const may = ({ disabled, role }: Account) => {
      const { allows, servers } = this.#permit(role);
      return !disabled && !servers && allows('accounts.add', 'admin' satisfies OperatorRole);
    };
    if (!accounts.some(may) && this.all.some(may)) throw new PomeloError('ACCOUNT_LAST', {});
  }

  #write(accounts: readonly Account[]): void {
    this.#file.write({ ...this.#file.read(), accounts });
  }
}
