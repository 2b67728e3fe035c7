import { isPomeloError, PomeloError } from '@pomelo-ts/common';
import type { Account } from './account.js';
import type { AccountTable } from './account-table.js';
import type { ActRecords } from './acts.js';
import { type AdminSession, requireAccount } from './sessions.js';
import { newTotpSecret, totpStep, totpUri } from './totp.js';

/** Whether accounts that may let others in need a second factor, where `admin.secondFactor` does not say it. */
export const usualSecondFactor = (env: string): 'required' | 'optional' =>
  env === 'development' ? 'optional' : 'required';

/** What {@link SecondFactors} work with. */
export interface SecondFactorParts {
  readonly table: AccountTable;
  readonly env: string;
  readonly records: ActRecords;
  /** Milliseconds since 1970. */
  wallTime(): number;
}

/** Whose second factor it is. */
interface Holder {
  readonly name: string;
  readonly session?: AdminSession;
}

/** Sets up second factors. */
export class SecondFactors {
  readonly #parts: SecondFactorParts;

  constructor(parts: SecondFactorParts) {
    this.#parts = parts;
  }

  /** Begins to set one up; it counts once a code of it was given. @throws SECOND_FACTOR_ON, PROOF_NEEDED, OIDC_PROVES, ACCOUNTS_UNWRITABLE */
  begin(holder: Holder): Promise<{ readonly secret: string; readonly uri: string }> {
    const { table, env } = this.#parts;
    const { name } = holder;
    return this.#asked(holder, async () => {
      const secret = newTotpSecret();
      await table.update(name, (account) => {
        this.#requireNone(account, holder);
        return { ...account, secondFactor: { secret, confirmed: false } };
      });
      return { secret, uri: totpUri(secret, name, `pomelo-ts ${env}`) };
    });
  }

  /** @throws SECOND_FACTOR_WRONG, SECOND_FACTOR_ON, PROOF_NEEDED, AUDIT_UNWRITABLE, ACCOUNTS_UNWRITABLE */
  confirm(holder: Holder, code: string): Promise<void> {
    const { table, records, wallTime } = this.#parts;
    return this.#asked(holder, () =>
      table.update(holder.name, (account) => {
        this.#requireNone(account, holder);
        const secret = account.secondFactor?.secret;
        const lastStep = secret === undefined ? undefined : totpStep(secret, code, wallTime());
        if (secret === undefined || lastStep === undefined) throw new PomeloError('SECOND_FACTOR_WRONG', {});
        records.done(actOf(holder)); // what cannot be written down is not done
        return { ...account, secondFactor: { secret, confirmed: true, lastStep } };
      }),
    );
  }

  async #asked<T>(holder: Holder, work: () => Promise<T>): Promise<T> {
    try {
      requireAccount(holder.session);
      return await work();
    } catch (error) {
      if (!isPomeloError(error, 'AUDIT_UNWRITABLE')) this.#parts.records.refused(actOf(holder), error);
      throw error;
    }
  }

  /** Whoever has only found a browser open must not make the account their own by a secret of theirs. */
  #requireNone(account: Account, { session }: Holder): void {
    if (account.secondFactor?.confirmed) throw new PomeloError('SECOND_FACTOR_ON', {});
    if (!session || session.provedUntil < this.#parts.wallTime()) throw new PomeloError('PROOF_NEEDED', {});
  }
}

const actOf = ({ name, session }: Holder) =>
  ({ verb: 'session.factor', by: name, ...(session && { from: session.address }) }) as const;
