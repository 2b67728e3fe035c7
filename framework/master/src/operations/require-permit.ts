import { PomeloError } from '@pomelo-ts/common';
import type { Permit, PermittedServer } from '../accounts/permit.js';
import type { AnyOperation } from './operation.js';
import { operations } from './table.js';
import type { Needs } from './turns.js';

/** @throws ROLE_LACKING unless whoever has `permit` may ask for such an operation at all */
export function requirePermit(verb: string, { role: needed }: AnyOperation, permit: Permit): void {
  if (!permit.allows(verb, needed))
    throw new PomeloError('ROLE_LACKING', { verb, needed, role: permit.role });
}

/**
 * Nobody gives to others, takes over by a new link, or ends what they may not do themselves.
 *
 * @throws ROLE_LACKING
 */
export function requireReach(
  verb: string,
  roles: readonly (string | undefined)[],
  permit: Permit,
  permitOf: (role: string) => Permit,
): void {
  for (const role of roles) {
    if (role === undefined || role === permit.role) continue;
    const { allows } = permitOf(role);
    const more = Object.entries<AnyOperation>(operations).some(
      ([name, { role: needed }]) => allows(name, needed) && !permit.allows(name, needed),
    );
    if (more) throw new PomeloError('ROLE_LACKING', { verb, needed: role, role: permit.role });
  }
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
  const all = asked.servers();
  const named = namedIn(asked.args, all);
  const { needs } = asked;
  const wide = needs?.servers === 'all' || turn.takes === 'last' || turn.takes === 'topology';
  const ofServers = needs && needs.servers !== 'all' ? needs.servers : [];
  const nothingNamed = ofServers.length === 0 && named.length === 0;
  const notTheirs = [...new Set([...ofServers, ...named])].filter(
    (one) => !all.some((server) => server.id === one && isMeant(server)),
  );
  const { role } = permit;
  if (wide || (nothingNamed && needed !== 'viewer'))
    throw new PomeloError('SCOPE_LACKING', { verb, role, servers: 'the cluster as a whole' });
  if (notTheirs.length > 0)
    throw new PomeloError('SCOPE_LACKING', { verb, role, servers: notTheirs.slice(0, 5).join(', ') });
}

/** Ids of all servers that arguments name, be it by their type or host: what takes no turn names them nowhere else. */
function namedIn(args: object, all: readonly PermittedServer[]): readonly string[] {
  const { id, ids, types, hosts } = args as Readonly<Record<string, unknown>>;
  const [ofTypes, ofHosts] = [types, hosts].map((list) => (Array.isArray(list) ? list : []));
  const meant = all.filter(({ type, host }) => ofTypes!.includes(type) || ofHosts!.includes(host));
  const said = [id, ...(Array.isArray(ids) ? ids : [])].filter((one) => typeof one === 'string');
  return [...said, ...meant.map((server) => server.id)];
}
