import { copyFileSync, existsSync, renameSync, rmSync, statSync, truncateSync } from 'node:fs';
import type { BootData } from '@pomelo-ts/cluster';
import type { Clock } from '@pomelo-ts/common';

const lookMs = 1000;

/**
 * Keeps the file that this process' output goes to short: at its greatest size it is copied to `<file>.1`, older copies move on
 * to `.2` and so forth, and it begins anew. The process itself does so, as it has the file open and outlives whoever has started it;
 * it writes at the end of the file, wherever that is. The returned function ends this.
 */
export function keepLogShort(
  { file, maxBytes, keep }: NonNullable<BootData['log']>,
  clock: Clock,
): () => void {
  const look = () => {
    try {
      if (statSync(file).size >= maxBytes) putAside(file, keep);
    } catch {
      // The disk is full or the file was taken away: the log goes on as it is, and is looked at again.
    }
  };
  return clock.every(lookMs, look);
}

function putAside(file: string, keep: number): void {
  rmSync(`${file}.${keep}`, { force: true }); // first, so that a full disk has room
  for (let number = keep - 1; number > 0; number--)
    if (existsSync(`${file}.${number}`)) renameSync(`${file}.${number}`, `${file}.${number + 1}`);
  try {
    copyFileSync(file, `${file}.1`);
  } catch (error) {
    rmSync(`${file}.1`, { force: true }); // half of a copy helps nobody
    throw error;
  }
  truncateSync(file);
}
