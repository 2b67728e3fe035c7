import type { Account, KeptKey } from './account.js';
import type { RoleSettings } from './permit.js';

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
