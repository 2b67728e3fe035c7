import type { ServerEntry } from './settings-types.js';

/** Servers that start together; nobody is let in before the inside is ready. */
export interface Tier {
  readonly name: 'backends' | 'connectors' | 'gates';
  readonly ids: readonly string[];
}

/** What decides about a server's tier. */
export type Tiered = Pick<ServerEntry, 'id' | 'type' | 'frontend'>;

const tierOf = (server: Tiered): Tier['name'] => {
  if (!server.frontend) return 'backends';
  return server.type === 'gate' ? 'gates' : 'connectors';
};

/** The tiers of `servers` in the order of starting, without empty ones. */
export function tiersOf(servers: readonly Tiered[]): Tier[] {
  return (['backends', 'connectors', 'gates'] as const)
    .map((name) => ({ name, ids: servers.filter((server) => tierOf(server) === name).map(({ id }) => id) }))
    .filter(({ ids }) => ids.length > 0);
}
