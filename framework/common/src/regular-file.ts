import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';

/**
 * The text of a file; of nothing else, as a pipe or a device would have this process wait for ever.
 *
 * @throws the error of reading it, or one that says what stands in its place
 */
export function readRegularFile(path: string): string {
  const { O_RDONLY, O_NONBLOCK = 0 } = constants; // a pipe without a writer opens at once
  const fd = openSync(path, O_RDONLY | O_NONBLOCK);
  try {
    const stats = fstatSync(fd);
    if (!stats.isFile())
      throw new Error(
        `expected a file, got ${stats.isDirectory() ? 'a folder' : stats.isFIFO() ? 'a pipe' : 'a device'}`,
      );
    return readFileSync(fd, 'utf8');
  } finally {
    closeSync(fd);
  }
}
