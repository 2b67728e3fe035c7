import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { PomeloError } from './errors.js';
import { readRegularFile } from './regular-file.js';

/**
 * The secret that a file holds, without blanks around it; `file` is as from `root`.
 *
 * @throws SECRET_FILE_OPEN when others than its owner may read it, and what the system says
 */
export function secretIn(root: string, file: string): string {
  const path = resolve(root, file);
  const mode = statSync(path).mode & 0o777;
  if ((mode & 0o077) !== 0)
    throw new PomeloError('SECRET_FILE_OPEN', { file: path, mode: mode.toString(8).padStart(4, '0') });
  return readRegularFile(path).trim();
}
