import { readFileSync } from 'node:fs';

/**
 * How many files and sockets this process may have open, or the one that `file` is of; undefined for no limit, and where the system
 * does not tell. Node raises its own soft limit to the hard one.
 */
export function openFilesLimit(file = '/proc/self/limits'): number | undefined {
  try {
    const limit = /^Max open files\s+(\d+)/m.exec(readFileSync(file, 'utf8'))?.[1];
    return limit === undefined ? undefined : Number(limit);
  } catch {
    return undefined;
  }
}

/** How many of `most` strangers a process may let wait at its door: an eighth of what it may open at most, so that they never have it all. */
export function roomForStrangers(most: number): number {
  return Math.max(1, Math.min(most, Math.floor((openFilesLimit() ?? Number.POSITIVE_INFINITY) / 8)));
}
