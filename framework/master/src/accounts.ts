import { isPomeloError, Measures, PomeloError } from '@pomelo-ts/common';
import type { Account, AccountRow, KeptKey } from './accounts/account.js';
import type { AccountKeeper } from './accounts/account-book.js';
import { AccountFile } from './accounts/account-file.js';
import { accountMeasures, countOf, type SignInFailures } from './accounts/account-measures.js';
import { AccountTable } from './accounts/account-table.js';
import type { AccountsParts } from './accounts/accounts-parts.js';
import { type Act, noAccount } from './accounts/acts.js';
import { ApiKeys } from './accounts/api-keys.js';
import { Passwords, requireStrong } from './accounts/password.js';
import { type Permit, permitOf, roleNames } from './accounts/permit.js';
import { ProviderSignIn } from './accounts/provider-sign-in.js';
import { SecondFactors } from './accounts/second-factors.js';
import { type AdminSession, AdminSessions, requireAccount } from './accounts/sessions.js';
import { type Credentials, SignIn } from './accounts/sign-in.js';
import { standingByGroups, standingOf } from './accounts/standing.js';
import { hashOfToken, newToken, sameHash } from './accounts/tokens.js';
import type { SignedIn, Visitor } from './accounts/visitor.js';

/** How long a link by which a password is set is good for, in ms. */
const linkMs = 60 * 60_000;
/** How often it is looked whether somebody has changed the accounts or the roles otherwise, in ms. */
const lookMs = 1000;
/** Whose link the start of a master without accounts prints. */
const firstName = 'admin';

/** Who may sign in, who has, and by which keys programs ask. */
export class Accounts {
  readonly #parts: AccountsParts;
  readonly #keeper: AccountKeeper;
  readonly #table: AccountTable;
  readonly #secondFactors: SecondFactors;
  readonly #passwords: Passwords;
  readonly #signIn: SignIn;
  readonly #failures: SignInFailures;
  readonly sessions: AdminSessions;
  readonly keys: ApiKeys;
  /** Lets in who has no account, but a provider that proves who they are. */
  readonly byProvider: ProviderSignIn;
  readonly #stopLook: () => void;
  /** Whether it was told that the accounts cannot be read. */
  #told = false;

  constructor(parts: AccountsParts) {
    const { root, clock, wallTime, measures = new Measures(), logger } = parts;
    const { keeper = new AccountFile(root) } = parts;
    this.#parts = parts;
    this.#passwords = parts.passwords ?? new Passwords();
    this.#keeper = keeper;
    this.#table = new AccountTable(keeper, (role) => this.permit(role));
    this.#secondFactors = new SecondFactors({ ...parts, table: this.#table });
    this.sessions = new AdminSessions(clock, wallTime, parts.idleMs);
    const standing = (one: Account | KeptKey) => standingOf(one, parts.roles());
    this.keys = new ApiKeys({ keeper, standingOf: standing, clock, wallTime });
    this.#stopLook = clock.every(lookMs, () => this.#heed());
    this.#failures = measures.makeAll(accountMeasures).signInFailures;
    this.#signIn = new SignIn({
      passwords: this.#passwords,
      find: (name) => this.#table.meant(name),
      keep: (name, work) => this.#table.update(name, work),
      ...{ failures: this.#failures, clock, wallTime, logger },
    });
    this.byProvider = new ProviderSignIn({
      ...{ sessions: this.sessions, limits: this.#signIn, records: parts.records },
      groupRoles: () => parts.groupRoles?.() ?? [],
      standingOf: (role) => this.#standingByGroups(role),
      visitorOf: (session) => this.#visitorByGroups(session, session.role!),
    });
  }

  /** Tries to sign in that have failed since this master began. */
  get signInFailures(): number {
    return countOf(this.#failures);
  }

  get rows(): readonly AccountRow[] {
    return this.#table.all.map((account) => this.#rowOf(account));
  }

  /** All names that a role may have. */
  get roleNames(): readonly string[] {
    return roleNames(this.#parts.roles());
  }

  /**
   * The token of a link for the first account, where nobody has followed one yet; one that was given out before is none any more.
   *
   * @param anew whether that is so also while the one before is still good, which a former master may have shown @default true
   * @throws ACCOUNTS_UNREADABLE, ACCOUNTS_UNWRITABLE
   */
  async firstLink(anew = true): Promise<string | undefined> {
    const { all } = this.#table;
    if (all.some(({ password }) => password !== undefined)) return undefined;
    const { until = 0 } = this.#table.find(firstName)?.link ?? {};
    if (!anew && until > this.#parts.wallTime()) return undefined;
    this.#parts.records.told({ verb: 'session.link', by: 'master', target: firstName });
    return this.#table.find(firstName) ? this.link(firstName) : this.add(firstName, 'admin');
  }

  /**
   * Adds an account; gives the token of its link.
   *
   * @throws ACCOUNT_EXISTS, ACCOUNT_ALIKE, ROLE_UNKNOWN, ACCOUNTS_FULL, ACCOUNTS_UNWRITABLE
   */
  async add(name: string, role: string): Promise<string> {
    this.requireRole(role);
    const { token, link } = this.#newLink();
    await this.#table.add({ name, role, link });
    return token;
  }

  /** @throws ACCOUNT_MISSING, ROLE_UNKNOWN, ACCOUNT_LAST, ACCOUNTS_UNWRITABLE */
  async change(
    name: string,
    { role, disabled }: { readonly role?: string; readonly disabled?: boolean },
  ): Promise<void> {
    if (role !== undefined) this.requireRole(role);
    await this.#table.update(name, ({ disabled: was, ...account }) => {
      const now = disabled ?? was ?? false;
      return { ...account, ...(role !== undefined && { role }), ...(now && { disabled: true }) };
    });
    this.sessions.end((session) => session.name === name);
  }

  /** @throws ACCOUNT_MISSING, ACCOUNT_LAST, ACCOUNTS_UNWRITABLE */
  async remove(name: string): Promise<void> {
    await this.#table.remove(name);
    this.sessions.end((session) => session.name === name);
  }

  /**
   * A new link for who has lost the password or the second factor; both count no more once it is followed.
   *
   * @throws ACCOUNT_MISSING, ACCOUNTS_UNWRITABLE
   */
  async link(name: string): Promise<string> {
    const { token, link } = this.#newLink();
    await this.#table.update(name, (account) => ({ ...account, link }));
    return token;
  }

  /**
   * Sets the password by a link, which is over then.
   *
   * @throws SETUP_LINK_OVER, PASSWORD_WEAK, SIGN_IN_BUSY, AUDIT_UNWRITABLE, ACCOUNTS_UNWRITABLE
   */
  async setUp(token: string, password: string, address: string): Promise<SignedIn> {
    const isOf = this.#invitedBy(token);
    const invited = this.#table.all.find(isOf);
    const act = { verb: 'session.setup', by: invited?.name ?? noAccount, from: address } as const;
    const name = await this.#tried(act, async () => {
      if (!invited) throw this.#linkOver();
      requireStrong(password, invited.name);
      const made = await this.#passwords.hash(password);
      await this.#table.update(invited.name, (now) => {
        if (!isOf(now)) throw new PomeloError('SETUP_LINK_OVER', {}); // somebody else was quicker
        const { link: _, secondFactor: __, ...rest } = now;
        this.#parts.records.done(act);
        return { ...rest, password: made };
      });
      return invited.name;
    });
    this.sessions.end((session) => session.name === name);
    return this.#open(name, address);
  }

  /** The name of the account that the token of a link is for; a wrong one is an attempt like any other. @throws SETUP_LINK_OVER */
  async invited(token: string, address: string): Promise<string> {
    const account = this.#table.all.find(this.#invitedBy(token));
    return this.#tried({ verb: 'session.setup', by: noAccount, from: address }, async () => {
      if (!account) throw this.#linkOver();
      return account.name;
    });
  }

  /** Tells the account that the token of a link is for. */
  #invitedBy(token: string): (account: Account) => boolean {
    const hash = hashOfToken(token);
    return ({ link }) =>
      link !== undefined && sameHash(link.hash, hash) && link.until > this.#parts.wallTime();
  }

  #linkOver(): PomeloError {
    this.#failures.link.add();
    return new PomeloError('SETUP_LINK_OVER', {});
  }

  /** @throws SIGN_IN_REFUSED, SECOND_FACTOR_NEEDED, SIGN_IN_BUSY, SIGN_IN_LATER, AUDIT_UNWRITABLE, ACCOUNTS_UNWRITABLE */
  async signIn(credentials: Credentials, address: string): Promise<SignedIn> {
    const by = this.#table.meant(credentials.name)?.name ?? noAccount;
    const act = { verb: 'session.begin', by, from: address } as const;
    const name = await this.#tried(act, async () => {
      const right = await this.#signIn.check(credentials, address);
      const { password } = this.#table.require(right);
      await this.#table.update(right, (now) => {
        // what was changed until it is this one's turn counts
        if (now.disabled || now.password !== password) throw new PomeloError('SIGN_IN_REFUSED', {});
        this.#parts.records.done(act);
        return { ...now, lastSignIn: this.#parts.wallTime(), lastAddress: address };
      });
      return right;
    });
    return this.#open(name, address);
  }

  /** Ends the session of somebody who leaves. */
  signOut({ name, session }: Visitor): void {
    if (!session) return;
    this.sessions.end((one) => one === session);
    this.#parts.records.told({ verb: 'session.end', by: name, from: session.address });
  }

  /** Has somebody who is signed in prove again who they are. @throws OIDC_PROVES; as {@link signIn} */
  async prove(visitor: Visitor, given: Omit<Credentials, 'name'>): Promise<void> {
    const { session, name } = visitor;
    if (!session) return;
    const act = { verb: 'session.prove', by: name, from: session.address } as const;
    await this.#tried(act, async () => {
      requireAccount(session);
      await this.#signIn.check({ name, ...given }, session.address);
      this.#parts.records.done(act);
    });
    this.sessions.proved(session);
  }

  /** Has it written down when an act is refused, also one that was about to be done and could not be kept. @throws what `work` throws */
  async #tried<T>(act: Act, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!isPomeloError(error, 'AUDIT_UNWRITABLE')) this.#parts.records.refused(act, error);
      throw error;
    }
  }

  /** Who a session's token is of. @param asked see `AdminSessions.of` @throws KEY_RATE; NOT_SIGNED_IN, or why the session is over */
  visitorOf(token: string, asked = true): Visitor {
    const session = this.sessions.of(token, asked);
    if (session?.role !== undefined) return this.#visitorByGroups(session, session.role);
    const account = session && this.#table.find(session.name);
    if (account && !account.disabled) return this.#visitor(account, session);
    const why = session ? 'ended' : this.sessions.whyOver(token);
    if (why === 'idle')
      throw new PomeloError('SESSION_IDLE', { minutes: Math.round(this.#parts.idleMs() / 60_000) });
    throw new PomeloError(why ? codes[why] : 'NOT_SIGNED_IN', {});
  }

  /** Who a key is of, which comes from `address`. @throws KEY_REFUSED, KEY_RATE */
  keyHolder(text: string, address: string): Visitor {
    try {
      const { over, count, ...key } = this.keys.use(text);
      return { name: nameOfKey(key), permit: this.permit(key.role), secondFactor: 'off', over, count };
    } catch (error) {
      if (!isPomeloError(error, 'KEY_REFUSED')) throw error;
      const key = this.keys.named(text);
      const by = key ? nameOfKey(key) : noAccount;
      this.#parts.records.refused({ verb: 'session.key', by, from: address }, error);
      throw error;
    }
  }

  /** Begins to set up a second factor; it counts once a code of it was given. @throws SECOND_FACTOR_ON, PROOF_NEEDED, ACCOUNTS_UNWRITABLE */
  beginSecondFactor(visitor: Visitor): Promise<{ readonly secret: string; readonly uri: string }> {
    return this.#secondFactors.begin(visitor);
  }

  /** @throws SECOND_FACTOR_WRONG, SECOND_FACTOR_ON, PROOF_NEEDED, AUDIT_UNWRITABLE, ACCOUNTS_UNWRITABLE */
  async confirmSecondFactor(visitor: Visitor, code: string): Promise<Visitor> {
    await this.#secondFactors.confirm(visitor, code);
    return this.#visitor(this.#table.require(visitor.name), visitor.session!);
  }

  /** Ends sessions and all that goes on by keys; nobody is looked at any more. */
  close(): void {
    this.#stopLook();
    this.sessions.end(() => true);
    this.sessions.close();
    this.keys.close();
    this.#parts.records.close();
  }

  /**
   * Ends sessions and feeds of those who are gone or may do something else, by accounts that were edited by hand or by other roles of the
   * configuration. While the accounts cannot be read, as they are just being written, what goes on goes on.
   */
  #heed(): void {
    this.#keeper.look?.();
    try {
      this.sessions.end(({ name, role }, standing) => {
        if (role !== undefined) return this.#standingByGroups(role) !== standing;
        const account = this.#table.find(name);
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
    const account = this.#table.require(name);
    const { token, session } = this.sessions.open(name, address, standingOf(account, this.#parts.roles()));
    return { token, visitor: this.#visitor(account, session) };
  }

  #visitor(account: Account, session: AdminSession): Visitor {
    const permit = this.permit(account.role);
    const isAdmin = permit.allows('accounts.add', 'admin');
    const missing = isAdmin && this.#parts.secondFactor() === 'required' ? 'required' : 'off';
    const secondFactor = account.secondFactor?.confirmed ? 'on' : missing;
    return { permit, secondFactor, ...this.#holderOf(session) };
  }

  #visitorByGroups(session: AdminSession, role: string): Visitor {
    return { permit: this.permit(role), secondFactor: 'provider', ...this.#holderOf(session) };
  }

  #holderOf(session: AdminSession) {
    const { name, over } = session;
    return { name, session, over, count: () => this.sessions.count(session) };
  }

  #standingByGroups(role: string): string {
    return standingByGroups(role, this.#parts.roles(), this.#parts.groupRoles?.() ?? []);
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
      ...(lock > 0 && { lockedUntil: Math.ceil(this.#parts.wallTime() + lock) }),
      ...(lastSignIn !== undefined && { lastSignIn }),
    };
  }

  /** @throws ROLE_UNKNOWN */
  requireRole(role: string): void {
    const known = this.roleNames;
    if (!known.includes(role)) throw new PomeloError('ROLE_UNKNOWN', { role, known: known.join(', ') });
  }

  #newLink() {
    const token = newToken();
    return { token, link: { hash: hashOfToken(token), until: this.#parts.wallTime() + linkMs } };
  }
}

const codes = { expired: 'SESSION_EXPIRED', ended: 'SESSION_ENDED' } as const;

const nameOfKey = ({ id, name }: { readonly id: string; readonly name: string }) => `key ${name} (${id})`;
