import { type Clock, PomeloError } from '@pomelo-ts/common';
import { networkOf } from '@pomelo-ts/common/internal';
import type { Account } from './account.js';
import type { Passwords } from './password.js';
import { SignInLimits } from './sign-in-limits.js';
import { totpStep } from './totp.js';

/** What somebody gives to be let in. */
export interface Credentials {
  readonly name: string;
  readonly password: string;
  /** The code that an app shows, where the account has a second factor. */
  readonly code?: string;
}

/** What {@link SignIn} works with. */
export interface SignInParts {
  readonly passwords: Passwords;
  readonly clock: Clock;
  wallTime(): number;
  find(name: string): Account | undefined;
  /** Called with each failure. */
  failed(): void;
}

/** Looks at what somebody gives to be let in; whoever fails learns nothing by it, neither by words nor by time. */
export class SignIn {
  readonly #parts: SignInParts;
  readonly #byName: SignInLimits;
  readonly #byAddress: SignInLimits;

  constructor(parts: SignInParts) {
    this.#parts = parts;
    this.#byName = new SignInLimits(parts.clock);
    this.#byAddress = new SignInLimits(parts.clock);
  }

  /** How long an account lets nobody in yet, in ms: shown to admins, and not to who tries. */
  lockOf(name: string): number {
    return this.#byName.waitOf(name);
  }

  /**
   * The account that the credentials are of, and what is new of it: the step of the code that was used.
   *
   * @throws SIGN_IN_REFUSED; SECOND_FACTOR_NEEDED when all is right but a code is asked for; SIGN_IN_BUSY; SIGN_IN_LATER for an address
   */
  async check({ name, password, code }: Credentials, address: string): Promise<Account> {
    const { passwords, find } = this.#parts;
    const wait = this.#byAddress.waitOf(networkOf(address));
    if (wait > 0) throw new PomeloError('SIGN_IN_LATER', { seconds: Math.ceil(wait / 1000) });
    const account = find(name);
    const locked = this.#byName.waitOf(name) > 0 && account?.lastAddress !== address;
    const known = account && !account.disabled ? account.password : undefined;
    const right = await passwords.matches(known, password);
    if (!right || locked || !account) throw this.#refuse(name, address, locked);
    const { secondFactor } = account;
    if (!secondFactor?.confirmed) return this.#letIn(account, address);
    if (code === undefined) throw new PomeloError('SECOND_FACTOR_NEEDED', {});
    const lastStep = totpStep(secondFactor.secret, code, this.#parts.wallTime(), secondFactor.lastStep);
    if (lastStep === undefined) throw this.#refuse(name, address, false);
    return this.#letIn({ ...account, secondFactor: { ...secondFactor, lastStep } }, address);
  }

  #letIn(account: Account, address: string): Account {
    this.#byName.succeeded(account.name);
    this.#byAddress.succeeded(networkOf(address));
    return account;
  }

  /** A name that is locked is not locked for longer by more tries: else anybody could keep its owner out for ever. */
  #refuse(name: string, address: string, locked: boolean): Error {
    if (!locked) this.#byName.failed(name);
    this.#byAddress.failed(networkOf(address));
    this.#parts.failed();
    return new PomeloError('SIGN_IN_REFUSED', {});
  }
}
