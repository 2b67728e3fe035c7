import type { OperatorRole } from '@pomelo-ts/cluster';

/** A server, as far as permits tell one from another. */
export interface PermittedServer {
  readonly id: string;
  readonly type: string;
  readonly host: string;
}

/** What somebody may have a master do. */
export interface Permit {
  /** The name of the role. */
  readonly role: string;
  /** Whether an operation may be asked for that takes `needed`. */
  allows(verb: string, needed: OperatorRole): boolean;
  /** Servers that it is for; without it all, and the cluster as a whole. */
  readonly servers?: (server: PermittedServer) => boolean;
}

/** A role of the configuration: what a usual one may do, more verbs, and the servers that it is for. */
export interface RoleSettings {
  /** @default none: it may do what `verbs` name */
  readonly extends?: OperatorRole | undefined;
  /** Such as `servers.restart`, or `servers.*` for all that begin so. */
  readonly verbs: readonly string[];
  readonly types?: readonly string[] | undefined;
  readonly ids?: readonly string[] | undefined;
  readonly hosts?: readonly string[] | undefined;
}

/** From the one that may do least on; each may do what those before may. */
const usual: readonly OperatorRole[] = ['viewer', 'operator', 'admin'];

const isUsual = (role: string): role is OperatorRole => (usual as readonly string[]).includes(role);

/** The permit of a usual role. */
export const usualPermit = (role: OperatorRole): Permit => ({
  role,
  allows: (_, needed) => usual.indexOf(role) >= usual.indexOf(needed),
});

/** The permit of a role by its name; undefined when there is no such role any more. */
export function permitOf(role: string, roles: Readonly<Record<string, RoleSettings>>): Permit | undefined {
  if (isUsual(role)) return usualPermit(role);
  const settings = Object.hasOwn(roles, role) ? roles[role] : undefined;
  return settings && permitBy(role, settings);
}

function permitBy(role: string, settings: RoleSettings): Permit {
  const { extends: base, verbs, types = [], ids = [], hosts = [] } = settings;
  const named = verbs.map((verb) => (verb.endsWith('*') ? verb.slice(0, -1) : verb));
  const isNamed = (verb: string) =>
    verbs.some((pattern, at) => (pattern.endsWith('*') ? verb.startsWith(named[at]!) : verb === pattern));
  const scoped = types.length + ids.length + hosts.length > 0;
  return {
    role,
    allows: (verb, needed) => isNamed(verb) || (base !== undefined && usualPermit(base).allows(verb, needed)),
    ...(scoped && {
      servers: ({ id, type, host }: PermittedServer) =>
        ids.includes(id) || types.includes(type) || hosts.includes(host),
    }),
  };
}

/** All names that a role may have. */
export const roleNames = (roles: Readonly<Record<string, RoleSettings>>): readonly string[] => [
  ...usual,
  ...Object.keys(roles),
];
