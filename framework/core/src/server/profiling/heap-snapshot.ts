import { randomUUID } from 'node:crypto';
import { chmodSync, closeSync, openSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeHeapSnapshot } from 'node:v8';

/** Place for a profile: nobody else may read it, as it has the values of the game in it. */
export function newProfileFile(): string {
  const file = join(tmpdir(), `pomelo-ts-profile-${randomUUID()}`);
  closeSync(openSync(file, 'wx', 0o600));
  return file;
}

/** Writes down all that is in memory, as Chrome's `.heapsnapshot`. The process does nothing else meanwhile. */
export function takeHeapSnapshot(file: string): void {
  writeHeapSnapshot(file);
  chmodSync(file, 0o600);
}
