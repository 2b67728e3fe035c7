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
  /** Keeps what `work` makes of an account, as it is then. */
  keep(name: string, work: (account: Account) => Account): Promise<void>;
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

  /** @throws SIGN_IN_LATER when too much has failed that came from a network */
  requireMayTry(network: string): void {
    const wait = this.#byAddress.waitOf(network);
    if (wait > 0) throw this.#later(wait);
  }

  /** Counts somebody whom a provider has not proved, or who may do nothing here. */
  failedByProvider(network: string): void {
    this.#parts.failures.provider.add();
    this.#failedFrom(network);
  }

  /**
   * The name of the account that the credentials are of. A code of its second factor is used by that.
   *
   * @throws SIGN_IN_REFUSED; SECOND_FACTOR_NEEDED when all is right but a code is asked for; SIGN_IN_BUSY; SIGN_IN_LATER for an address;
   * ACCOUNTS_UNWRITABLE
   */
  async check({ name: typed, password, code }: Credentials, address: string): Promise<string> {
    const name = this.#parts.find(typed)?.name ?? typed; // failures of all its spellings are those of one name
    this.requireMayTry(networkOf(address));
    const known = this.#known(name)?.password;
    const right = await this.#matches(known, password, networkOf(address));
    const account = this.#known(name); // as it is now: meanwhile it may have been changed, or another try have failed
    const locked = this.#isLocked(name, address);
    if (!right || locked || !account || account.password !== known)
      throw this.#refuse(name, address, locked ? 'locked' : 'password');
    const { secondFactor } = account;
    if (!secondFactor?.confirmed) return this.#letIn(name, address);
    if (code === undefined) throw new PomeloError('SECOND_FACTOR_NEEDED', {});
    // of two who give the same code at once, the one whose change comes first has used it
    await this.#parts.keep(name, (now) => {
      if (now.disabled || now.password !== known) throw this.#refuse(name, address, 'password');
      return this.#withCode(now, code, address);
    });
    return this.#letIn(name, address);
  }

  #withCode(account: Account, code: string, address: string): Account {
    const { name, secondFactor } = account;
    if (!secondFactor?.confirmed) return account;
    const lastStep = totpStep(secondFactor.secret, code, this.#parts.wallTime(), secondFactor.lastStep);
    if (lastStep === undefined) throw this.#refuse(name, address, 'code');
    return { ...account, secondFactor: { ...secondFactor, lastStep } };
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
  #letIn(name: string, address: string): string {
    const both = bothOf(name, address);
    this.#byAddress.forgive(networkOf(address), this.#byBoth.countOf(both));
    this.#byBoth.succeeded(both);
    this.#byName.succeeded(name);
    return name;
  }

  /** A name that is locked is not locked for longer by more tries: else anybody could keep its owner out for ever. */
  #refuse(name: string, address: string, why: SignInFailure): Error {
    this.#parts.failures[why].add();
    if (why !== 'locked') this.#byName.failed(name);
    this.#byBoth.failed(bothOf(name, address));
    this.#failedFrom(networkOf(address));
    return new PomeloError('SIGN_IN_REFUSED', {});
  }

  #failedFrom(network: string): void {
    this.#byAddress.failed(network);
    this.#tell(network, this.#byAddress.countOf(network));
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
