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
  try {
    const fd = openSync(draft, 'wx', 0o600);
    try {
      const bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
      if (durable) fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(draft, file);
  } catch (error) {
    removeDraft(draft);
    throw noRoom(file, error);
  }
}

/** What the system says of a full disk names neither the file nor a cure. */
function noRoom(file: string, error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error;
  const what = message.replace(/, \w+(?: '.*')?$/, '');
  const text = `${file} cannot be written: ${what}: make room there, df -h ${dirname(file)} shows how much there is`;
  return Object.assign(new Error(text, { cause: error }), { code });
}

function removeDraft(draft: string): void {
  try {
    rmSync(draft, { force: true });
  } catch {
    // on a disk that is read-only it was not made
  }
}

/**
 * Makes a folder for this user alone, with those above it; another process may be making them, too. Fails with what is wrong with the disk,
 * which Node's own way hides.
 */
export function makeFolder(folder: string): void {
  try {
    makeOne(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(folder) === folder) throw error;
    makeFolder(dirname(folder));
    makeOne(folder);
  }
}

/** That it is there is as well: somebody else was quicker. */
function makeOne(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
