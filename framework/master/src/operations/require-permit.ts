import { PomeloError } from '@pomelo-ts/common';
import type { Permit, PermittedServer } from '../accounts/permit.js';
import type { AnyOperation } from './operation.js';
import type { Needs } from './turns.js';

/** @throws ROLE_LACKING unless whoever has `permit` may ask for such an operation at all */
export function requirePermit(verb: string, { role: needed }: AnyOperation, permit: Permit): void {
  if (!permit.allows(verb, needed))
    throw new PomeloError('ROLE_LACKING', { verb, needed, role: permit.role });
}

/**
 * One whose permit is for some servers alone changes nothing else: neither other servers, nor the cluster as a whole. What only shows how
 * all is may be looked at, but nothing of one single server that is not theirs.
 *
 * @throws SCOPE_LACKING
 */
export function requireScope(
  verb: string,
  { turn, role: needed }: AnyOperation,
  permit: Permit,
  asked: {
    readonly needs: Needs | undefined;
    readonly args: object;
    servers(): readonly PermittedServer[];
  },
): void {
  const { servers: isMeant } = permit;
  if (!isMeant) return;
  const { id, ids } = asked.args as { readonly id?: unknown; readonly ids?: unknown };
  const named = [id, ...(Array.isArray(ids) ? ids : [])].filter((one) => typeof one === 'string');
  const { needs } = asked;
  const wide = needs?.servers === 'all' || turn.takes === 'last' || turn.takes === 'topology';
  const ofServers = needs && needs.servers !== 'all' ? needs.servers : [];
  const all = asked.servers();
  const nothingNamed = ofServers.length === 0 && named.length === 0;
  const notTheirs = [...ofServers, ...named].filter(
    (one) => !all.some((server) => server.id === one && isMeant(server)),
  );
  const { role } = permit;
  if (wide || (nothingNamed && needed !== 'viewer'))
    throw new PomeloError('SCOPE_LACKING', { verb, role, servers: 'the cluster as a whole' });
  if (notTheirs.length > 0)
    throw new PomeloError('SCOPE_LACKING', { verb, role, servers: notTheirs.slice(0, 5).join(', ') });
}
