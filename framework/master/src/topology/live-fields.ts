import type { ServerEntry } from '@pomelo-ts/cluster';

/** Fields of a server that are applied while it runs. */
const liveFields = ['autoRestart', 'restartForce', 'maxConnections', 'weight', 'group', 'external'] as const;

export const isLiveField = (field: string): boolean => (liveFields as readonly string[]).includes(field);

/**
 * What is true of a server that was started as `started` says and is now to be as `wanted` says: others must not be told a
 * port that it does not listen on yet.
 */
export function runningEntry(started: ServerEntry, wanted: ServerEntry): ServerEntry {
  const rest = Object.entries(started).filter(([field]) => !isLiveField(field));
  const live = Object.entries(wanted).filter(([field]) => isLiveField(field));
  return Object.fromEntries([...rest, ...live]) as unknown as ServerEntry;
}
