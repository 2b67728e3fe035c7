import type { Account, KeptKey } from './account.js';
import type { RoleSettings } from './permit.js';
import type { GroupRoles } from './provider-sign-in.js';

/** As {@link standingOf}, of who has signed in at a provider: once any group gives another role, all of them come anew. */
export const standingByGroups = (role: string, roles: Roles, groupRoles: GroupRoles): string =>
  `${standingOf({ role }, roles)} ${JSON.stringify(groupRoles)}`;

type Roles = Readonly<Record<string, RoleSettings>>;

/**
 * All that a session or a key was let in by, as one text: once any of it is different, whoever goes on by it has to come anew. A second
 * factor is none of it, as who is signed in sets it up.
 */
export function standingOf(
  { role, disabled, password, hash, rate, expires }: Partial<Account & KeptKey> & { readonly role: string },
  roles: Roles,
): string {
  const settings = Object.hasOwn(roles, role) ? roles[role] : undefined;
  return JSON.stringify([role, settings, disabled ?? false, password, hash, rate, expires]);
}
