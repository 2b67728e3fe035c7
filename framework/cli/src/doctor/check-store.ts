import type { ClusterConfig, ClusterKeys } from '@pomelo-ts/cluster';
import { isPomeloError, reasonOf, silentLogger } from '@pomelo-ts/common';
import { ownKeys } from '../own-keys.js';
import { hasSharedStore } from '../shared-store.js';
import { count } from '../view/units.js';
import type { Check, Finding } from './finding.js';

/** What masters read of each other: whoever leads, and what the last one has left. */
const readByMasters = ['leader', 'state'] as const;

/**
 * Whether each member of the store that masters share answers as one of a majority, and what masters read there was written by one of
 * them. Only masters ask it.
 */
export const checkStore: Check = async ({ root, env, config, look }) => {
  if (!config || !hasSharedStore(config) || !(await look).asMaster) return [];
  const { endpoints } = config.master.store;
  const keys = await keysOf(root, env);
  const told = await Promise.all(endpoints.map((endpoint) => problemsAt(config, keys, endpoint)));
  const wrong = new Map(told.flat().map((error) => [reasonOf(error), error])); // all members hold the same values
  const fine: Finding = {
    check: 'store',
    state: 'fine',
    text: `${count(endpoints.length, 'member')} of etcd answer`,
  };
  if (wrong.size === 0) return [fine];
  return [...wrong].map(([text, error]) => ({ check: 'store', state: 'wrong', text, cure: cureOf(error) }));
};

/** Undefined without a secret: that has a check of its own, and members are asked all the same. */
async function keysOf(root: string, env: string): Promise<ClusterKeys | undefined> {
  try {
    return (await ownKeys({ root, env, create: false })).keys;
  } catch {
    return undefined;
  }
}

/** What is wrong with what one member answers; nothing when all is well. */
async function problemsAt(
  config: ClusterConfig,
  keys: ClusterKeys | undefined,
  endpoint: string,
): Promise<readonly unknown[]> {
  const { openSharedStore, openSignedStore } = await import('../coordination.js'); // only several masters need it
  const { master } = config;
  const one = { ...config, master: { ...master, store: { ...master.store, endpoints: [endpoint] } } };
  const problems: unknown[] = [];
  try {
    const store = await (keys
      ? openSignedStore(one, keys, silentLogger)
      : openSharedStore(one, silentLogger));
    try {
      for (const key of readByMasters) {
        const problem = await store.get(key).then(nothing, (error: unknown) => error);
        if (problem === undefined) continue;
        problems.push(problem);
        if (!isPomeloError(problem, 'STORE_FORGED')) break; // the member itself does not answer
      }
    } finally {
      await store.close();
    }
  } catch (error) {
    problems.push(error);
  }
  return problems;
}

const nothing = () => undefined;

function cureOf(error: unknown): string {
  if (isPomeloError(error, 'STORE_UNREACHABLE'))
    return 'look whether that member runs and hears a majority of the others (etcdctl endpoint status --cluster), or mend store.endpoints in config/master.json5; servers play on meanwhile';
  if (isPomeloError(error, 'STORE_FORGED'))
    return `see who may write there, etcdctl del ${error.facts.key}, and start the masters again; or put the same secret on every host, if that is what differs`;
  if (isPomeloError(error, 'STORE_SECRET_OTHER'))
    return 'mv .pomelo-ts/former-secret .pomelo-ts/previous-secret where it is still there, else take the secrets of another host of a master; masters start then';
  return 'mend store in config/master.json5, or the rights in etcd';
}
