import { ClusterKeys } from '@pomelo-ts/cluster';
import type { MasterOptions } from '@pomelo-ts/master';
import { rereadKeys } from '../../own-keys.js';
import type { StartPlan } from './start-plan.js';

/** What a master knows of the secret. */
export function masterKeys({
  keys,
  rereadsSecret,
  secretFrom,
  config: { root, env },
}: StartPlan): Pick<MasterOptions, 'keys' | 'rereadKeys' | 'secretFrom'> {
  const reread = rereadsSecret ? { rereadKeys: () => rereadKeys(root, env) } : {};
  return { keys: ClusterKeys.ofRoots(keys), secretFrom, ...reread };
}
