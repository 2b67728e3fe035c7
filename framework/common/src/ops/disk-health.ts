import { statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Health, HealthFinding } from './health.js';

/** Free bytes below which a disk is told to fill up, and below which nothing more can be relied on. */
const littleBytes = 1024 * 1024 * 1024;
const almostNoBytes = 64 * 1024 * 1024;

/**
 * How much room is left where a folder lies; `what` is kept there: `logs`, `state`.
 *
 * @param statfs gives free blocks and their size @default that of the system
 */
export function diskHealth(
  what: string,
  folder: string,
  statfs: (folder: string) => Free = statfsSync,
): HealthFinding {
  const { bavail, bsize } = statfs(folder);
  const freeBytes = bavail * bsize;
  const details = { folder, freeBytes };
  if (freeBytes >= littleBytes) return { status: 'UP', details };
  return {
    status: freeBytes < almostNoBytes ? 'DOWN' : 'DEGRADED',
    cause: `${Math.floor(freeBytes / 1024 / 1024)} MiB are left on the disk of ${folder}, where ${what} are written`,
    cure: 'make room there',
    details,
  };
}

/** Folders of a game, which may be mounts of their own, and what is kept there. */
const kept = { logs: 'logs', state: '.pomelo-ts' } as const;

/** What a game keeps in a folder of its own. */
export type Kept = keyof typeof kept;

/**
 * Has a health tell of the disks of a game: `disk` where all of it lies on one, and `logsDisk` and `stateDisk` where they are different ones.
 *
 * @param what is kept here: a server has no state
 * @param looks give the number of a disk and what is free there @default those of the system
 * @example addDisks(health, root, ['logs', 'state']);
 */
export function addDisks(health: Health, root: string, what: readonly Kept[], looks: DiskLooks = {}): void {
  const { diskOf = deviceOf, statfs } = looks;
  const folderOf = (one: Kept) => {
    const folder = join(root, kept[one]);
    return diskOf(folder) === undefined ? root : folder; // made with the first file there
  };
  const differ = () => new Set(what.map((one) => diskOf(folderOf(one)))).size > 1;
  health.add('disk', () =>
    differ() ? undefined : diskHealth(what.join(' and '), folderOf(what[0]!), statfs),
  );
  for (const one of what)
    health.add(`${one}Disk`, () => (differ() ? diskHealth(one, folderOf(one), statfs) : undefined));
}

interface DiskLooks {
  /** Undefined for a folder that is not there. */
  diskOf?(folder: string): number | undefined;
  statfs?(folder: string): Free;
}

const deviceOf = (folder: string): number | undefined => statSync(folder, { throwIfNoEntry: false })?.dev;

interface Free {
  readonly bavail: number;
  readonly bsize: number;
}
