import { isSameHost } from '@pomelo-ts/cluster/masters';
import type { Selection } from '@pomelo-ts/master';

/** A selection as the master is asked for it: without the lists that nobody has filled. */
export function selectionOf({ ids = [], types = [], hosts = [] }: Selection): Selection {
  return {
    ...(ids.length > 0 && { ids }),
    ...(types.length > 0 && { types }),
    ...(hosts.length > 0 && { hosts }),
  };
}

/** Those of `servers` that a selection means; an empty one means all. */
export function chosen<S extends { readonly id: string; readonly type: string; readonly host: string }>(
  servers: readonly S[],
  { ids = [], types = [], hosts = [] }: Selection,
): readonly S[] {
  if (ids.length + types.length + hosts.length === 0) return servers;
  return servers.filter(
    ({ id, type, host }) =>
      ids.includes(id) || types.includes(type) || hosts.some((one) => isSameHost(one, host)),
  );
}
