import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Logger, silentLogger } from '@pomelo-ts/common';
import { replaceFile } from '@pomelo-ts/common/internal';
import { isNoRoom } from '../processes/no-room.js';

/** Where the term of a master comes from that is the only one. */
export interface SoleTermOptions {
  /** The game's root; the file is `.pomelo-ts/term` below it. */
  readonly root: string;
  readonly logger?: Logger;
  /** Milliseconds since 1970. @default Date.now */
  readonly wallTime?: () => number;
}

/**
 * A term above those of all former masters at this root: the time in ms, and above the last one that is written down, should the clock
 * have been set back. So it also rises when that file was lost with its disk. Where the disk is full it is not written down, and a
 * game without a master would be worse than that.
 */
export function soleTerm({ root, logger = silentLogger, wallTime = Date.now }: SoleTermOptions): number {
  const file = join(root, '.pomelo-ts', 'term');
  const term = Math.max(lastTerm(file) + 1, wallTime());
  try {
    replaceFile(file, `${term}\n`);
  } catch (error) {
    if (!isNoRoom(error)) throw error;
    const text = 'There is no room on the disk of the master: expected some, as its files cannot be written.';
    logger.error(text, { error });
  }
  return term;
}

/** 0 when none was written down. */
function lastTerm(file: string): number {
  try {
    const term = Number(readFileSync(file, 'utf8'));
    return Number.isSafeInteger(term) ? term : 0;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}
