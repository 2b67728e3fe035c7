import { existsSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DiskFacts } from './process-host.js';

/** Folders below a game's root that are written to. */
export const writtenFolders = ['.pomelo-ts', 'logs'] as const;
/** What is written for a try, in bytes: some systems keep a few in the entry of the folder. */
const tryBytes = 8192;

/** Tries whether the folders that a game writes to can be written to, and tells how much room is left. */
export const disksOf = (root: string): readonly DiskFacts[] =>
  writtenFolders.map((folder) => diskOf(root, folder));

function diskOf(root: string, folder: string): DiskFacts {
  const own = join(root, folder);
  const place = existsSync(own) ? own : root;
  const { bavail, blocks, bsize } = statfsSync(place);
  const facts = { folder, freeBytes: bavail * bsize, sizeBytes: blocks * bsize };
  const reason = whyUnwritable(join(place, `.try-${process.pid}-${folder.replace('.', '')}`));
  return reason === undefined ? facts : { ...facts, unwritable: reason };
}

function whyUnwritable(file: string): string | undefined {
  removeIfThere(file); // of a process that was killed
  try {
    writeFileSync(file, Buffer.alloc(tryBytes), { flag: 'wx', mode: 0o600 });
    return undefined;
  } catch (error) {
    return (error as Error).message.replace(/, open .*$|, write$/, '');
  } finally {
    removeIfThere(file);
  }
}

function removeIfThere(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // on a disk that is read-only it was not made
  }
}
