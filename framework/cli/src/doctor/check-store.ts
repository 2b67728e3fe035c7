import type { ClusterConfig } from '@pomelo-ts/cluster';
import { isPomeloError, reasonOf, silentLogger } from '@pomelo-ts/common';
import { hasSharedStore } from '../shared-store.js';
import { count } from '../view/units.js';
import type { Check, Finding } from './finding.js';

/** Whether each member of the store that masters share answers as one of a majority. Only masters ask it. */
export const checkStore: Check = async ({ config, look }) => {
  if (!config || !hasSharedStore(config) || !(await look).asMaster) return [];
  const { endpoints } = config.master.store;
  const errors = await Promise.all(endpoints.map((endpoint) => whyUnusable(config, endpoint)));
  const wrong = errors.filter((error) => error !== undefined);
  const fine: Finding = {
    check: 'store',
    state: 'fine',
    text: `${count(endpoints.length, 'member')} of etcd answer`,
  };
  if (wrong.length === 0) return [fine];
  return wrong.map((error) => ({
    check: 'store',
    state: 'wrong',
    text: reasonOf(error),
    cure: cureOf(error),
  }));
};

async function whyUnusable(config: ClusterConfig, endpoint: string): Promise<unknown> {
  const { openSharedStore } = await import('../coordination.js'); // only several masters need it
  const { master } = config;
  const one = { ...config, master: { ...master, store: { ...master.store, endpoints: [endpoint] } } };
  try {
    const store = openSharedStore(one, silentLogger);
    await store.get('leader').finally(() => store.close());
    return undefined;
  } catch (error) {
    return error;
  }
}

function cureOf(error: unknown): string {
  if (isPomeloError(error, 'STORE_UNREACHABLE'))
    return 'look whether that member runs and hears a majority of the others (etcdctl endpoint status --cluster), or mend store.endpoints in config/master.json5; servers play on meanwhile';
  return 'mend store in config/master.json5, or the rights in etcd';
}
