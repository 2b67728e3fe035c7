import { isPomeloError, PomeloError } from '@pomelo-ts/common';
import { networkOf } from '@pomelo-ts/common/internal';
import { type Act, type ActRecords, type ActVerb, noAccount } from './acts.js';
import type { AdminSession, AdminSessions } from './sessions.js';
import type { SignIn } from './sign-in.js';
import type { SignedIn, Visitor } from './visitor.js';

/** Begins the name of everybody who has signed in at a provider: no account can be called so. */
const prefix = 'oidc:';

/** Which role a group gives, the one that counts first before all others. */
export type GroupRoles = readonly { readonly group: string; readonly role: string }[];

/** Somebody whom a provider has proved. */
export interface ProvedPerson {
  /** What they are called there; it is theirs alone. */
  readonly subject: string;
  readonly groups: readonly string[];
  /** When they have proved there who they are, in ms since 1970; 0 where the provider does not tell. */
  readonly provedAt: number;
}

/** What {@link ProviderSignIn} works with. */
export interface ProviderSignInParts {
  readonly sessions: AdminSessions;
  /** Where failures count that come from one address. */
  readonly limits: Pick<SignIn, 'requireMayTry' | 'failedByProvider'>;
  readonly records: ActRecords;
  /** Roles of groups as the configuration has them now. */
  groupRoles(): GroupRoles;
  /** See `standingOf`. */
  standingOf(role: string): string;
  visitorOf(session: AdminSession): Visitor;
}

/**
 * What is nobody's guess: a provider that cannot be asked or refuses, as it counts guesses itself, and what any page can have a browser send, as else it could keep the address of
 * that browser out.
 */
const notTheirs: readonly string[] = [
  'OIDC_UNREACHABLE',
  'OIDC_REFUSED',
  'OIDC_SECRET_MISSING',
  'OIDC_OVER',
  'SIGN_IN_LATER',
];

/** How somebody is proved: what the provider says counts, and is asked for once. */
type Proving = () => Promise<ProvedPerson>;

/** Lets in whom a provider has proved. They have no account here: their groups give the role, anew with each sign-in. */
export class ProviderSignIn {
  readonly #parts: ProviderSignInParts;

  constructor(parts: ProviderSignInParts) {
    this.#parts = parts;
  }

  /** @throws SIGN_IN_LATER when too much has failed that came from an address */
  requireMayTry(address: string): void {
    this.#parts.limits.requireMayTry(networkOf(address));
  }

  /** @throws OIDC_NO_ROLE, SIGN_IN_LATER, AUDIT_UNWRITABLE; what `prove` throws */
  signIn(prove: Proving, address: string): Promise<SignedIn> {
    return this.#tried('session.begin', address, async (name) => {
      const { subject, groups, provedAt } = await prove();
      const act = name(subject);
      const role = this.#parts.groupRoles().find(({ group }) => groups.includes(group))?.role;
      if (role === undefined) throw new PomeloError('OIDC_NO_ROLE', { name: act.by });
      this.#parts.records.done(act);
      const standing = this.#parts.standingOf(role);
      const { token, session } = this.#parts.sessions.open(act.by, address, standing, role, provedAt);
      return { token, visitor: this.#parts.visitorOf(session) };
    });
  }

  /** Has somebody prove again at the provider who they are. @throws OIDC_OTHER, SESSION_ENDED, SIGN_IN_LATER, AUDIT_UNWRITABLE; what `prove` throws */
  prove(session: AdminSession, prove: Proving, address: string): Promise<void> {
    return this.#tried('session.prove', address, async (name) => {
      const { subject } = await prove();
      const act = name(subject);
      if (act.by !== session.name) throw new PomeloError('OIDC_OTHER', { name: act.by, owner: session.name });
      if (session.over.aborted) throw new PomeloError('SESSION_ENDED', {});
      this.#parts.records.done(act);
      this.#parts.sessions.proved(session);
    });
  }

  /** Has it written down and counted when somebody is not let in. */
  async #tried<T>(
    verb: ActVerb,
    address: string,
    work: (name: (subject: string) => Act) => Promise<T>,
  ): Promise<T> {
    let act: Act = { verb, by: noAccount, from: address };
    const name = (subject: string): Act => {
      act = { ...act, by: `${prefix}${subject}` };
      return act;
    };
    try {
      this.requireMayTry(address);
      return await work(name);
    } catch (error) {
      if (isPomeloError(error, 'AUDIT_UNWRITABLE')) throw error;
      this.#parts.records.refused(act, error);
      if (!isPomeloError(error) || !notTheirs.includes(error.code))
        this.#parts.limits.failedByProvider(networkOf(address));
      throw error;
    }
  }
}
