import { closeSync, constants, fstatSync, openSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder } from '../replace-file.js';

// A pipe without a reader must not stop this process; Windows knows neither of these.
const { O_APPEND, O_CREAT, O_WRONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;

/**
 * Opens a log for appending, for this user alone; its folder is made where it is missing, and may be a link to another disk. What
 * stands in the log's own place and is no file, a link or a pipe say, was put there by somebody else: it is replaced, and never followed.
 */
export function openLog(file: string): number {
  makeFolder(dirname(file));
  return openFile(file) ?? openInPlaceOf(file);
}

function openInPlaceOf(file: string): number {
  rmSync(file, { force: true });
  const fd = openFile(file);
  if (fd === undefined) throw new Error(`${file} is a link or a pipe again as soon as it is removed`);
  return fd;
}

/** Undefined when it is no file. */
function openFile(file: string): number | undefined {
  let fd: number;
  try {
    fd = openSync(file, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o600);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ELOOP' || code === 'EMLINK' || code === 'ENXIO') return undefined;
    throw error;
  }
  if (fstatSync(fd).isFile()) return fd;
  closeSync(fd);
  return undefined;
}
