import type { CronEntry } from '@pomelo-ts/cluster';
import { PomeloError } from '@pomelo-ts/common';
import { shorten, shown } from '@pomelo-ts/common/internal';

export const twice = 'a cron with this id is there already';

/** Crons that wait for their time to begin. */
export function addOnce(entries: CronEntry[], entry: CronEntry): void {
  if (entries.some(({ id }) => id === entry.id)) throw invalid(entry.id, twice);
  entries.push(entry);
}

/** Takes the cron with this id out of a list, and gives it; undefined when there is none. */
export function takeOut(entries: CronEntry[], id: string): CronEntry | undefined {
  const at = entries.findIndex((entry) => entry.id === id);
  return at < 0 ? undefined : entries.splice(at, 1)[0];
}

export function invalid(cron: unknown, reason: string): PomeloError {
  return new PomeloError('CRON_INVALID', { cron: shorten(shown(cron), 200), reason });
}
