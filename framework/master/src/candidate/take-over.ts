import { tiersOf } from '@pomelo-ts/cluster/internal';
import type { Logger } from '@pomelo-ts/common';
import type { Tenure } from '../leadership/tenure.js';
import type { OnProgress } from '../long-operations/progress.js';
import type { Master } from '../master.js';
import type { Selection } from '../topology/selection.js';
import type { Kept, KeptState } from './kept-state.js';

/** What a master found and did when it came to lead. */
export interface TakeOverResult {
  /** Ids of the servers that ran already. */
  readonly found: readonly string[];
  readonly started: readonly string[];
}

/** How a master comes to lead. */
export interface TakeOver {
  readonly tenure: Tenure;
  /** What a former master has left. */
  readonly left: Kept | undefined;
  /** What an operator has ordered just now; undefined for a standby that takes over. */
  readonly order: { readonly selection: Selection } | undefined;
  readonly onProgress: OnProgress;
  readonly logger: Logger;
}

/**
 * Has a master that was just elected take over what runs, and start what is missing of that which should run. After a former
 * master it waits first until servers have had the time to come: what only seems to be missing is not started twice.
 *
 * @throws what `Master.start` throws, for what an operator has ordered; a standby logs it
 */
export async function takeOver(master: Master, kept: KeptState, how: TakeOver): Promise<TakeOverResult> {
  const { tenure, order, logger } = how;
  const former = how.left?.wanted;
  const ordered = order ? master.select(order.selection) : [];
  const { outside = [], drained = [] } = how.left ?? {};
  const runsOutside = new Set(outside.map(({ id }) => id));
  const startable = master.entries.filter(({ id, external }) => external !== true && !runsOutside.has(id));
  const known = new Set(startable.map(({ id }) => id));
  const ids = [...new Set([...(former ?? []), ...ordered])].filter((id) => known.has(id));
  const { topologyChanges } = master;
  await master.listen(); // one that cannot lead leaves what is kept to the next one
  await kept.write({ wanted: ids, outside, drained, topologyChanges }, tenure);
  if (former && former.length > 0) await master.hub.whenSettled();
  const rows = master.list();
  const found = rows.flatMap(({ id, pid }) => (pid === undefined ? [] : [id]));
  const named = order?.selection.ids ?? [];
  const others = new Set(rows.flatMap(({ id, external }) => (external && !named.includes(id) ? [id] : [])));
  const missing = ids.filter((id) => !found.includes(id) && !others.has(id));
  const started: string[] = [];
  try {
    if (missing.length > 0) started.push(...(await master.start({ ids: missing }, how.onProgress)));
    else master.hub.allStarted();
  } catch (error) {
    if (!tenure.holds()) throw error;
    if (order) {
      if (!former) await kept.write({ outside: [], drained: [], topologyChanges }, tenure); // nothing is to be waited for next time
      throw error;
    }
    logger.error('Servers that should run could not be started together; trying each.', { error });
    started.push(...(await startEach(master, missing, how)));
  }
  if (tenure.holds()) {
    kept.follow(master, tenure);
    master.goOn();
  }
  return { found, started };
}

/** One server that does not start is no reason to do without the others. */
async function startEach(master: Master, ids: readonly string[], how: TakeOver): Promise<readonly string[]> {
  const started: string[] = [];
  const entries = master.entries.filter(({ id }) => ids.includes(id));
  for (const id of tiersOf(entries).flatMap((tier) => tier.ids)) {
    try {
      if (how.tenure.holds()) started.push(...(await master.start({ ids: [id] }, how.onProgress)));
    } catch (error) {
      how.logger.error('A server that should run could not be started.', { serverId: id, error });
    }
  }
  return started;
}
