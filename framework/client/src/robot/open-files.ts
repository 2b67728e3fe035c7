import { spawnSync } from 'node:child_process';

/** Files that a worker has open besides the connections of its robots: modules, pipes, the script's own. */
const spare = 64;

/** How many files a process started from here may have open; undefined where that cannot be told. */
export function openFileLimit(): number | undefined {
  const { stdout } = spawnSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' });
  const limit = Number.parseInt(stdout ?? '', 10);
  return Number.isNaN(limit) ? undefined : limit;
}

/** What to say, with the figures, when a worker may not open as many connections as it has users. */
export function openFilesWarning(
  users: number,
  workers: number,
  limit: number | undefined,
): string | undefined {
  const needed = Math.ceil(users / workers) + spare;
  if (limit === undefined || needed <= limit) return undefined;
  const cures = [`allow more (ulimit -n ${needed})`];
  if (limit > spare) cures.push(`take --workers ${Math.ceil(users / (limit - spare))}`);
  return `${users} users in ${workers} ${workers === 1 ? 'worker' : 'workers'} need ${needed} open files in each, and here a process may have ${limit}: ${cures.join(' or ')}`;
}
