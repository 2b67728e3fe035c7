import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Replaces a file as a whole, readable by this user alone; its folder is made where it is missing. Links that somebody else may have put
 * in place of the file or of its draft are replaced, and not followed.
 *
 * @param durable whether it is to be on the disk before this returns, for what must not be lost with the machine's power
 */
export function replaceFile(file: string, text: string, { durable = false } = {}): void {
  makeFolder(dirname(file));
  const draft = `${file}.new`;
  rmSync(draft, { force: true });
  const fd = openSync(draft, 'wx', 0o600);
  try {
    writeSync(fd, text);
    if (durable) fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(draft, file);
}

/** Makes a folder for this user alone, with those above it. Fails with what is wrong with the disk, which Node's own way hides. */
export function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || dirname(folder) === folder) throw error;
    makeFolder(dirname(folder));
    mkdirSync(folder, { mode: 0o700 });
  }
}
