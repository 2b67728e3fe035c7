import type { OperatorRole } from '@pomelo-ts/cluster';
import { PomeloError } from '@pomelo-ts/common';

/** From the one that may do least on; each may do what those before may. */
const roles: readonly OperatorRole[] = ['viewer', 'operator', 'admin'];

/** @throws ROLE_LACKING unless whoever has `role` may ask for an operation that takes `needed` */
export function requireRole(verb: string, needed: OperatorRole, role: OperatorRole): void {
  if (roles.indexOf(role) < roles.indexOf(needed))
    throw new PomeloError('ROLE_LACKING', { verb, needed, role });
}
