import type { ClusterConfig, ClusterKeys, CoordinationStore } from '@pomelo-ts/cluster';
import { SignedStore } from '@pomelo-ts/cluster/masters';
import type { Logger } from '@pomelo-ts/common';

type StoreKind = ClusterConfig['master']['store']['kind'];

/** Opens what masters agree in, all keys of the cluster below `prefix`. */
type OpenStore = (config: ClusterConfig, prefix: string, logger: Logger) => CoordinationStore;

/** What opens the stores of each kind that the settings may name. Of an adapter nothing is loaded before they name it. */
const openers: Readonly<Record<Exclude<StoreKind, 'memory'>, () => Promise<OpenStore>>> = {
  etcd: async () => (await import('./coordination/open-etcd.js')).openEtcd,
};

/** As {@link openSharedStore}, for a master: what others have written there does not count. */
export async function openSignedStore(
  config: ClusterConfig,
  keys: ClusterKeys,
  logger: Logger,
): Promise<SignedStore> {
  const scope = prefixOf(config);
  return new SignedStore(await openSharedStore(config, logger), { keys: () => keys.store, scope, logger });
}

/**
 * Opens the store that the masters of a cluster share.
 *
 * @throws STORE_PASSWORD_MISSING, STORE_FILE_MISSING, SECRET_FILE_OPEN
 */
export async function openSharedStore(config: ClusterConfig, logger: Logger): Promise<CoordinationStore> {
  const { kind } = config.master.store;
  if (kind === 'memory') throw new TypeError('expected a store that masters share, and memory is none');
  const open = await openers[kind]();
  return open(config, prefixOf(config), logger);
}

/** What all keys of this cluster begin with. */
const prefixOf = ({ env, master }: ClusterConfig): string => `${master.store.prefix}${env}/`;
