import { readFileSync } from 'node:fs';

/** Most files that a process started by this one, or by the one that `file` is of, may open: Node raises its own soft limit to the hard one. Undefined for no limit, and where the system does not tell. */
export function openFilesLimit(file = '/proc/self/limits'): number | undefined {
  try {
    const limit = /^Max open files\s+\S+\s+(\d+)/m.exec(readFileSync(file, 'utf8'))?.[1];
    return limit === undefined ? undefined : Number(limit);
  } catch {
    return undefined;
  }
}
