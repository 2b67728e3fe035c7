import { PomeloError } from '@pomelo-ts/common';
import type { ServerRecord } from '../supervisor/server-record.js';

/**
 * The ids of those records that the master starts. One that was named is the master's from now on.
 *
 * @throws SERVER_EXTERNAL when one was named that does not run and that only others may start
 */
export function startableIds(
  records: readonly ServerRecord[],
  named: readonly string[] = [],
): readonly string[] {
  const wanted = records.filter(({ id, process }) => named.includes(id) && !process);
  const marked = wanted.find(({ entry }) => entry.external);
  if (marked) throw new PomeloError('SERVER_EXTERNAL', { serverId: marked.id });
  for (const record of wanted) record.outside = false;
  return records.filter(({ outside }) => !outside).map(({ id }) => id);
}
