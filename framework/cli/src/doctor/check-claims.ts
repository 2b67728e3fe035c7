import { leaderAt, proofOf } from '@pomelo-ts/master/internal';
import { ownKeys } from '../own-keys.js';
import { hasSharedStore } from '../shared-store.js';
import { escaped } from '../view/escaped.js';
import type { Check, Finding } from './finding.js';

/** Most characters of what a host says. */
const mostChars = 120;

/** Whether other hosts say that a master acts there, while none runs here: a start believes one that proves it, and leaves out the others. */
export const checkClaims: Check = async ({ config, root, env, masterPid, look }) => {
  if (!config || masterPid !== undefined || hasSharedStore(config)) return [];
  const claims = [...(await look).seen].flatMap(([host, { acting }]) => (acting ? [{ host, acting }] : []));
  if (claims.length === 0) return [];
  const keys = await ownKeys({ root, env, create: false }).then(
    (own) => own.keys,
    () => undefined, // what is wrong with the secret is a finding of its own
  );
  const findingOf = async ({ host, acting }: (typeof claims)[number]): Promise<Finding> => {
    const leader = await proofOf(host, acting.at, async (place) => keys && leaderAt(place, keys, env));
    if (leader !== undefined)
      return {
        check: 'hosts',
        state: 'fine',
        text: `the master ${escaped(leader)} leads, and acts on ${host}`,
      };
    const told = escaped(acting.leader.slice(0, mostChars));
    return {
      check: 'hosts',
      state: 'wrong',
      text: `${host} says that a master leads there, which nothing proves: ${told}`,
      cure: `a start leaves that host out until it says so no more: look who has written .pomelo-ts/servers/${host}/master there`,
    };
  };
  return Promise.all(claims.map(findingOf));
};
