import type { OperatorRole } from '@pomelo-ts/cluster';
import { type Clock, type Logger, PomeloError } from '@pomelo-ts/common';
import type { Account, KeptKey, SecondFactor } from './accounts/account.js';
import { type AccountBook, AccountFile } from './accounts/account-file.js';
import { alikeName, sameName } from './accounts/account-names.js';
import { ApiKeys } from './accounts/api-keys.js';
import { Passwords, requireStrong } from './accounts/password.js';
import { type Permit, permitOf, type RoleSettings, roleNames } from './accounts/permit.js';
import { type AdminSession, AdminSessions } from './accounts/sessions.js';
import { type Credentials, SignIn } from './accounts/sign-in.js';
import { standingOf } from './accounts/standing.js';
import { hashOfToken, newToken, sameHash } from './accounts/tokens.js';
import { newTotpSecret, totpStep, totpUri } from './accounts/totp.js';

/** What {@link Accounts} work with. */
export interface AccountsParts {
  readonly root: string;
  readonly env: string;
  readonly clock: Clock;
  /** Milliseconds since 1970. */
  wallTime(): number;
  /** Roles of the configuration, by name. */
  roles(): Readonly<Record<string, RoleSettings>>;
  /** Whether accounts that may do what admins may need a second factor. */
  secondFactor(): 'required' | 'optional';
  readonly logger: Logger;
  /** @default those that cost what they should */
  readonly passwords?: Passwords;
}

/** An account as tables show it. */
export interface AccountRow {
  readonly name: string;
  readonly role: string;
  readonly secondFactor: boolean;
  readonly disabled: boolean;
  /** Whether it waits for its link to be followed. */
  readonly invited: boolean;
  readonly lockedUntil?: number;
  readonly lastSignIn?: number;
}

/** Somebody who has signed in, or a program with a key. */
export interface Visitor {
  readonly name: string;
  readonly permit: Permit;
  /** Of who has signed in. */
  readonly session?: AdminSession;
  /** Aborted once this one is nobody any more: the session has ended, or the key is revoked. */
  readonly over: AbortSignal;
  /** Counts one more request, however it came. @throws KEY_RATE */
  count(): void;
  /** How it is with the second factor: one that is `required` and not there yet keeps from all else. */
  readonly secondFactor: 'on' | 'off' | 'required';
}

/** A session that has just begun, and the token that its cookie holds. */
export interface SignedIn {
  readonly token: string;
  readonly visitor: Visitor;
}

/** How long a link by which a password is set is good for, in ms. */
const linkMs = 60 * 60_000;
/** How often it is looked whether somebody has changed the accounts or the roles otherwise, in ms. */
const lookMs = 1000;
/** Most accounts of a game. */
const mostAccounts = 1000;
/** Whose link the start of a master without accounts prints. */
const firstName = 'admin';

/** Who may sign in, who has, and by which keys programs ask. */
export class Accounts {
  readonly #parts: AccountsParts;
  readonly #file: AccountFile;
  readonly #passwords: Passwords;
  readonly #signIn: SignIn;
  readonly sessions: AdminSessions;
  readonly keys: ApiKeys;
  readonly #stopLook: () => void;
  /** Whether it was told that the accounts cannot be read. */
  #told = false;

  constructor(parts: AccountsParts) {
    const { root, clock, wallTime } = parts;
    this.#parts = parts;
    this.#passwords = parts.passwords ?? new Passwords();
    this.#file = new AccountFile(root);
    this.sessions = new AdminSessions(clock, wallTime);
    const standing = (one: Account | KeptKey) => standingOf(one, parts.roles());
    this.keys = new ApiKeys({ file: this.#file, standingOf: standing, clock, wallTime });
    this.#stopLook = clock.every(lookMs, () => this.#heed());
    this.#signIn = new SignIn({
      passwords: this.#passwords,
      find: (name) => sameName(this.#file.read().accounts, name),
      keep: (account) => this.#replace(account),
      ...{ clock, wallTime },
    });
  }

  get rows(): readonly AccountRow[] {
    return this.#file.read().accounts.map((account) => this.#rowOf(account));
  }

  /** All names that a role may have. */
  get roleNames(): readonly string[] {
    return roleNames(this.#parts.roles());
  }

  /** The token of a link for the first account, where nobody has followed one yet; one that was given out before is none any more. */
  firstLink(): string | undefined {
    const { accounts } = this.#file.read();
    if (accounts.some(({ password }) => password !== undefined)) return undefined;
    if (accounts.some(({ name }) => name === firstName)) return this.link(firstName);
    return this.add(firstName, 'admin');
  }

  /** Adds an account; gives the token of its link. @throws ACCOUNT_EXISTS, ACCOUNT_ALIKE, ROLE_UNKNOWN, ACCOUNTS_FULL */
  add(name: string, role: string): string {
    this.requireRole(role);
    const { accounts } = this.#file.read();
    if (this.#find(name)) throw new PomeloError('ACCOUNT_EXISTS', { name });
    const alike = alikeName(accounts, name);
    if (alike) throw new PomeloError('ACCOUNT_ALIKE', { name, other: alike.name });
    if (accounts.length >= mostAccounts) throw new PomeloError('ACCOUNTS_FULL', { most: mostAccounts });
    const { token, link } = this.#newLink();
    this.#write({ accounts: [...accounts, { name, role, link }] });
    return token;
  }

  /** @throws ACCOUNT_MISSING, ROLE_UNKNOWN, ACCOUNT_LAST */
  change(name: string, { role, disabled }: { readonly role?: string; readonly disabled?: boolean }): void {
    if (role !== undefined) this.requireRole(role);
    const { disabled: was, ...account } = this.#require(name);
    const now = disabled ?? was ?? false;
    this.#replace({ ...account, ...(role !== undefined && { role }), ...(now && { disabled: true }) });
    this.sessions.end((session) => session.name === name);
  }

  /** @throws ACCOUNT_MISSING, ACCOUNT_LAST */
  remove(name: string): void {
    this.#require(name);
    const accounts = this.#file.read().accounts.filter((account) => account.name !== name);
    this.#requireAdminIn(accounts);
    this.#write({ accounts });
    this.sessions.end((session) => session.name === name);
  }

  /** A new link for who has lost the password or the second factor; both count no more once it is followed. @throws ACCOUNT_MISSING */
  link(name: string): string {
    const { token, link } = this.#newLink();
    this.#replace({ ...this.#require(name), link });
    return token;
  }

  /** Sets the password by a link, which is over then. @throws SETUP_LINK_OVER, PASSWORD_WEAK, SIGN_IN_BUSY */
  async setUp(token: string, password: string, address: string): Promise<SignedIn> {
    const hash = hashOfToken(token);
    const meant = () =>
      this.#file.read().accounts.find(({ link }) => link && sameHash(link.hash, hash) && this.#isGood(link));
    const first = meant();
    if (!first) throw new PomeloError('SETUP_LINK_OVER', {});
    requireStrong(password, first.name);
    const made = await this.#passwords.hash(password);
    const account = meant(); // meanwhile it may have been followed by somebody else
    if (!account) throw new PomeloError('SETUP_LINK_OVER', {});
    const { link: _, secondFactor: __, ...rest } = account;
    this.#replace({ ...rest, password: made });
    this.sessions.end((session) => session.name === account.name);
    return this.#open(account.name, address);
  }

  /** @throws SIGN_IN_REFUSED, SECOND_FACTOR_NEEDED, SIGN_IN_BUSY, SIGN_IN_LATER */
  async signIn(credentials: Credentials, address: string): Promise<SignedIn> {
    const { name } = await this.#signIn.check(credentials, address);
    this.#replace({ ...this.#require(name), lastSignIn: this.#parts.wallTime(), lastAddress: address });
    return this.#open(name, address);
  }

  /** Has somebody who is signed in prove again who they are. @throws as {@link signIn} */
  async prove(visitor: Visitor, given: Omit<Credentials, 'name'>): Promise<void> {
    const { session, name } = visitor;
    if (!session) return;
    await this.#signIn.check({ name, ...given }, session.address);
    this.sessions.proved(session);
  }

  /** Who a session's token is of. */
  visitorOf(token: string): Visitor | undefined {
    const session = this.sessions.of(token);
    const account = session && this.#find(session.name);
    if (!account || account.disabled) return undefined;
    return this.#visitor(account, session);
  }

  /** Who a key is of. @throws KEY_REFUSED, KEY_RATE */
  keyHolder(text: string): Visitor {
    const { id, name, role, over, count } = this.keys.use(text);
    return { name: `key ${name} (${id})`, permit: this.permit(role), secondFactor: 'off', over, count };
  }

  /** Begins to set up a second factor; it counts once a code of it was given. @throws SECOND_FACTOR_ON, PROOF_NEEDED */
  beginSecondFactor(visitor: Visitor): { readonly secret: string; readonly uri: string } {
    const account = this.#withoutSecondFactor(visitor);
    const secret = newTotpSecret();
    this.#replace({ ...account, secondFactor: { secret, confirmed: false } });
    return { secret, uri: totpUri(secret, account.name, `pomelo-ts ${this.#parts.env}`) };
  }

  /** @throws SECOND_FACTOR_WRONG, SECOND_FACTOR_ON, PROOF_NEEDED */
  confirmSecondFactor(visitor: Visitor, code: string): Visitor {
    const account = this.#withoutSecondFactor(visitor);
    const secret = account.secondFactor?.secret;
    const lastStep = secret === undefined ? undefined : totpStep(secret, code, this.#parts.wallTime());
    if (secret === undefined || lastStep === undefined) throw new PomeloError('SECOND_FACTOR_WRONG', {});
    const secondFactor: SecondFactor = { secret, confirmed: true, lastStep };
    this.#replace({ ...account, secondFactor });
    return this.#visitor(this.#require(visitor.name), visitor.session!);
  }

  /** Whoever has only found a browser open must not make the account their own by a secret of theirs. */
  #withoutSecondFactor({ name, session }: Visitor): Account {
    const account = this.#require(name);
    if (account.secondFactor?.confirmed) throw new PomeloError('SECOND_FACTOR_ON', {});
    if (!session || session.provedUntil < this.#parts.wallTime()) throw new PomeloError('PROOF_NEEDED', {});
    return account;
  }

  /** Ends sessions and all that goes on by keys; nobody is looked at any more. */
  close(): void {
    this.#stopLook();
    this.sessions.end(() => true);
    this.sessions.close();
    this.keys.close();
  }

  /**
   * Ends sessions and feeds of those who are gone or may do something else, by accounts that were edited by hand or by other roles of the
   * configuration. While the accounts cannot be read, as they are just being written, what goes on goes on.
   */
  #heed(): void {
    try {
      this.sessions.end(({ name }, standing) => {
        const account = this.#find(name);
        return !account || standingOf(account, this.#parts.roles()) !== standing;
      });
      this.keys.heed();
      this.#told = false;
    } catch (error) {
      if (!this.#told) this.#parts.logger.error('Nobody is let in to the admin.', { error });
      this.#told = true;
    }
  }

  #open(name: string, address: string): SignedIn {
    const account = this.#require(name);
    const { token, session } = this.sessions.open(name, address, standingOf(account, this.#parts.roles()));
    return { token, visitor: this.#visitor(account, session) };
  }

  #visitor(account: Account, session: AdminSession): Visitor {
    const permit = this.permit(account.role);
    const isAdmin = permit.allows('accounts.add', 'admin');
    const missing = isAdmin && this.#parts.secondFactor() === 'required' ? 'required' : 'off';
    const secondFactor = account.secondFactor?.confirmed ? 'on' : missing;
    const { over } = session;
    return {
      name: account.name,
      permit,
      secondFactor,
      session,
      over,
      count: () => this.sessions.count(session),
    };
  }

  /** One whose role is gone from the configuration may do nothing. */
  permit(role: string): Permit {
    return permitOf(role, this.#parts.roles()) ?? { role, allows: () => false };
  }

  #rowOf({ name, role, secondFactor, disabled, password, lastSignIn }: Account): AccountRow {
    const lock = this.#signIn.lockOf(name);
    return {
      name,
      role,
      secondFactor: secondFactor?.confirmed ?? false,
      disabled: disabled ?? false,
      invited: password === undefined,
      ...(lock > 0 && { lockedUntil: this.#parts.wallTime() + lock }),
      ...(lastSignIn !== undefined && { lastSignIn }),
    };
  }

  #find(name: string): Account | undefined {
    return this.#file.read().accounts.find((account) => account.name === name);
  }

  #require(name: string): Account {
    const account = this.#find(name);
    if (!account) throw new PomeloError('ACCOUNT_MISSING', { name });
    return account;
  }

  /** @throws ROLE_UNKNOWN */
  requireRole(role: string): void {
    const known = this.roleNames;
    if (!known.includes(role)) throw new PomeloError('ROLE_UNKNOWN', { role, known: known.join(', ') });
  }

  #replace(account: Account): void {
    const accounts = this.#file
      .read()
      .accounts.map((other) => (other.name === account.name ? account : other));
    this.#requireAdminIn(accounts);
    this.#write({ accounts });
  }

  /** Somebody must be able to let others in. @throws ACCOUNT_LAST */
  #requireAdminIn(accounts: readonly Account[]): void {
    const may = ({ disabled, role }: Account) => {
      const { allows, servers } = this.permit(role);
      return !disabled && !servers && allows('accounts.add', 'admin' satisfies OperatorRole);
    };
    if (!accounts.some(may) && this.#file.read().accounts.some(may))
      throw new PomeloError('ACCOUNT_LAST', {});
  }

  #write(change: Partial<AccountBook>): void {
    this.#file.write({ ...this.#file.read(), ...change });
  }

  #newLink() {
    const token = newToken();
    return { token, link: { hash: hashOfToken(token), until: this.#parts.wallTime() + linkMs } };
  }

  #isGood({ until }: { readonly until: number }): boolean {
    return until > this.#parts.wallTime();
  }
}
