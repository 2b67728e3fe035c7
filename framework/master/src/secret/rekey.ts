import type { ClusterKeys } from '@pomelo-ts/cluster';
import { PomeloError } from '@pomelo-ts/common';

/** What a {@link rekey} has done. */
export interface RekeyResult {
  /** How many secrets are taken from now on: two while one of them is being replaced. */
  readonly secrets: number;
  /** Servers that were told their new keys. */
  readonly servers: number;
}

/** What is needed to take a secret into use that an operator has written down. */
export interface Rekeying {
  readonly keys: ClusterKeys;
  /** Reads the secrets anew; missing where they cannot be read twice: then the former one can be done without. */
  readonly reread: (() => Promise<ClusterKeys>) | undefined;
  /** Makes the store of the masters ready for the next keys, and has them taken by `take`. */
  readonly resign?: (next: ClusterKeys, take: () => void) => Promise<void>;
  /** Tells servers their keys; gives how many there are. */
  readonly tell?: () => number;
}

/**
 * Takes changed secrets into use without ending a process or a connection.
 *
 * @throws SECRET_FIXED when the only one is in the environment; SECRET_ABRUPT when none of the present ones would be taken any more, so
 * that nobody who has them could be told
 */
export async function rekey({ keys, reread, resign, tell }: Rekeying): Promise<RekeyResult> {
  if (!reread && keys.names.length < 2) throw new PomeloError('SECRET_FIXED', {});
  const next = reread ? await reread() : keys.newest;
  if (!next.names.some((name) => keys.names.includes(name)))
    throw new PomeloError('SECRET_ABRUPT', { file: '.pomelo-ts/previous-secret' });
  const take = () => keys.replace(next);
  if (resign) await resign(next, take);
  else take();
  return { secrets: next.names.length, servers: tell?.() ?? 0 };
}
