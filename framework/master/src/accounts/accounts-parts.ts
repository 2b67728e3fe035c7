import type { Clock, Logger, Measures } from '@pomelo-ts/common';
import type { AccountKeeper } from './account-book.js';
import type { ActRecords } from './acts.js';
import type { Passwords } from './password.js';
import type { RoleSettings } from './permit.js';
import type { GroupRoles } from './provider-sign-in.js';

/** What the accounts of a master work with. */
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
  /** After how long in which nothing was done a session is over. */
  idleMs(): number;
  /** Roles of groups, for who signs in at a provider. @default none */
  groupRoles?(): GroupRoles;
  /** Where accounts and keys are kept. @default a file below `root` */
  readonly keeper?: AccountKeeper | undefined;
  /** Where it is written who signs in. */
  readonly records: ActRecords & { close(): void };
  readonly logger: Logger;
  /** Where failed tries are counted. @default nowhere */
  readonly measures?: Measures;
  /** @default those that cost what they should */
  readonly passwords?: Passwords;
}
