import { type Clock, type Logger, PomeloError } from '@pomelo-ts/common';
import { networkOf } from '@pomelo-ts/common/internal';
import type { Account } from './account.js';
import type { SignInFailure, SignInFailures } from './account-measures.js';
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
  readonly failures: SignInFailures;
  readonly logger: Logger;
  wallTime(): number;
  /** The account that is meant by a name as somebody has typed it. */
  find(name: string): Account | undefined;
  /** Keeps what is new of an account that is let in. */
  keep(account: Account): void;
}

/** Most passwords of one network that wait for their check: whoever sends more leaves no room for others. */
const mostOfNetwork = 8;
/** Failures in a row from one network with which the log tells of it, and then each time that they have doubled. */
const toldFailures = 5;

/** Looks at what somebody gives to be let in; whoever fails learns nothing by it, neither by words nor by time. */
export class SignIn {
  readonly #parts: SignInParts;
  readonly #byName: SignInLimits;
  readonly #byAddress: SignInLimits;
  /** By name and network together: who shares an address with the owner of a name is not taken for its owner. */
  readonly #byBoth: SignInLimits;
  readonly #waiting = new Map<string, number>();

  constructor(parts: SignInParts) {
    this.#parts = parts;
    this.#byName = new SignInLimits(parts.clock);
    this.#byAddress = new SignInLimits(parts.clock);
    this.#byBoth = new SignInLimits(parts.clock);
  }

  /** How long an account lets nobody in yet, in ms: shown to admins, and not to who tries. */
  lockOf(name: string): number {
    return this.#byName.waitOf(name);
  }

  /**
   * The account that the credentials are of. A code of its second factor is used by that.
   *
   * @throws SIGN_IN_REFUSED; SECOND_FACTOR_NEEDED when all is right but a code is asked for; SIGN_IN_BUSY; SIGN_IN_LATER for an address
   */
  async check({ name: typed, password, code }: Credentials, address: string): Promise<Account> {
    const name = this.#parts.find(typed)?.name ?? typed; // failures of all its spellings are those of one name
    const wait = this.#byAddress.waitOf(networkOf(address));
    if (wait > 0) throw this.#later(wait);
    const known = this.#known(name)?.password;
    const right = await this.#matches(known, password, networkOf(address));
    const account = this.#known(name); // as it is now: meanwhile it may have been changed, or another try have failed
    const locked = this.#isLocked(name, address);
    if (!right || locked || !account || account.password !== known)
      throw this.#refuse(name, address, locked ? 'locked' : 'password');
    const { secondFactor } = account;
    if (!secondFactor?.confirmed) return this.#letIn(account, address);
    if (code === undefined) throw new PomeloError('SECOND_FACTOR_NEEDED', {});
    const lastStep = totpStep(secondFactor.secret, code, this.#parts.wallTime(), secondFactor.lastStep);
    if (lastStep === undefined) throw this.#refuse(name, address, 'code');
    return this.#letIn({ ...account, secondFactor: { ...secondFactor, lastStep } }, address);
  }

  #known(name: string): Account | undefined {
    const account = this.#parts.find(name);
    return account?.disabled ? undefined : account;
  }

  /** Where its owner was last, a name is locked by failures from there alone. */
  #isLocked(name: string, address: string): boolean {
    const isOwn = this.#parts.find(name)?.lastAddress === address;
    return (isOwn ? this.#byBoth.waitOf(bothOf(name, address)) : this.#byName.waitOf(name)) > 0;
  }

  async #matches(known: string | undefined, password: string, network: string): Promise<boolean> {
    const waiting = this.#waiting.get(network) ?? 0;
    if (waiting >= mostOfNetwork) throw this.#later(1000);
    this.#waiting.set(network, waiting + 1);
    try {
      return await this.#parts.passwords.matches(known, password);
    } catch (error) {
      this.#parts.failures.busy.add();
      throw error;
    } finally {
      const left = this.#waiting.get(network)! - 1;
      if (left > 0) this.#waiting.set(network, left);
      else this.#waiting.delete(network);
    }
  }

  /** Of the failures of an address those are forgotten that were of this name: else who has any account could guess others' for ever. */
  #letIn(account: Account, address: string): Account {
    const both = bothOf(account.name, address);
    this.#byAddress.forgive(networkOf(address), this.#byBoth.countOf(both));
    this.#byBoth.succeeded(both);
    this.#byName.succeeded(account.name);
    this.#parts.keep(account);
    return account;
  }

  /** A name that is locked is not locked for longer by more tries: else anybody could keep its owner out for ever. */
  #refuse(name: string, address: string, why: SignInFailure): Error {
    this.#parts.failures[why].add();
    if (why !== 'locked') this.#byName.failed(name);
    this.#byBoth.failed(bothOf(name, address));
    const network = networkOf(address);
    this.#byAddress.failed(network);
    this.#tell(network, this.#byAddress.countOf(network));
    return new PomeloError('SIGN_IN_REFUSED', {});
  }

  #later(ms: number): Error {
    this.#parts.failures.early.add();
    return new PomeloError('SIGN_IN_LATER', { seconds: Math.ceil(ms / 1000) });
  }

  /** Who guesses cannot fill the log: a line for each time that the failures have doubled. */
  #tell(network: string, failures: number): void {
    if (!Number.isInteger(Math.log2(failures / toldFailures))) return;
    this.#parts.logger.warn('Signing in to the admin has failed again and again from one address.', {
      address: network,
      failures,
    });
  }
}

const bothOf = (name: string, address: string): string => `${networkOf(address)} ${name}`;
