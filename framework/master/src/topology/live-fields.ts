import type { ClusterConfig, ServerEntry } from '@pomelo-ts/cluster';

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

/** Settings that are applied while servers run. */
export const liveSettings: ReadonlySet<string> = new Set([
  'settings.log.level',
  'settings.client.maxConnections',
  'settings.client.maxConnectionsPerAddress',
]);

/**
 * What a server runs with that was started as `started` says, and is told what `applied` says: of settings and of its entry only that has changed
 * which changes while it runs. `entry` is the server's own.
 */
export function runningConfig(
  started: ClusterConfig,
  applied: ClusterConfig,
  entry: ServerEntry,
): ClusterConfig {
  const settings = structuredClone(started.settings);
  for (const path of liveSettings) {
    const [section = '', name = ''] = path.split('.').slice(1);
    const [own, told] = [settings, applied.settings].map(
      (all) => (all as unknown as Record<string, Record<string, unknown>>)[section]!,
    );
    if (told![name] === undefined) delete own![name];
    else own![name] = told![name];
  }
  const others = applied.servers.filter(({ id }) => id !== entry.id);
  return { ...started, settings, servers: [...others, entry] };
}
