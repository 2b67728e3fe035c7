import { statfsSync } from 'node:fs';
import type { HealthFinding } from './health.js';

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

interface Free {
  readonly bavail: number;
  readonly bsize: number;
}
