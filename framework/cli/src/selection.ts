import type { Selection } from '@pomelo-ts/master';

/** Those of `servers` that a selection means; without ids and types it means all. */
export function chosen<S extends { readonly id: string; readonly type: string }>(
  servers: readonly S[],
  { ids = [], types = [] }: Selection,
): readonly S[] {
  if (ids.length === 0 && types.length === 0) return servers;
  return servers.filter(({ id, type }) => ids.includes(id) || types.includes(type));
}
