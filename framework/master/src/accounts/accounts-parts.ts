import type { Clock, Logger, Measures } from '@pomelo-ts/common';
import type { ActRecords } from './acts.js';
import type { Passwords } from './password.js';
import type { RoleSettings } from './permit.js';

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
  /** Where it is written who signs in. */
  readonly records: ActRecords & { close(): void };
  readonly logger: Logger;
  /** Where failed tries are counted. @default nowhere */
  readonly measures?: Measures;
  /** @default those that cost what they should */
  readonly passwords?: Passwords;
}
