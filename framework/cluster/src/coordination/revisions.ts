import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Logger, silentLogger } from '@pomelo-ts/common';
import { writeWhole } from './whole-file.js';

/** Where a store that keeps nothing else takes its revisions from. */
export interface RevisionSource {
  /** A number higher than all that were given before, in all lives of the source. */
  next(): number;
}

/**
 * How many revisions are reserved with one write of the file: so far each life of a master may be ahead of the clock, which is all that
 * is left when the file is lost. A master takes longer to begin.
 */
const blockSize = 1000;

/** Settings of a {@link RevisionFile}. */
export interface RevisionFileOptions {
  /** The game's root; the file is `.pomelo-ts/revision` below it. */
  readonly root: string;
  /** Milliseconds since 1970. @default Date.now */
  readonly wallTime?: () => number;
  readonly logger?: Logger;
}

/**
 * Revisions that rise across all lives of a master on one host. The file holds the end of a block of numbers that a life may
 * give out; the next life begins after it, whatever was used. A first life begins at the time in ms, so that one whose
 * file was lost is still above what servers have seen; a clock that was set back does no harm while the file is there.
 */
export class RevisionFile implements RevisionSource {
  readonly #file: string;
  readonly #logger: Logger;
  #last: number;
  #end: number;

  /** Reserves the first block. @throws the system's error when the file cannot be written. */
  constructor(options: RevisionFileOptions) {
    const { root, wallTime = Date.now, logger = silentLogger } = options;
    this.#file = fileAt(root);
    this.#logger = logger;
    this.#last = Math.max(readRevision(this.#file), wallTime());
    this.#end = this.#last;
    this.#reserve();
  }

  next(): number {
    if (this.#last >= this.#end) this.#reserve();
    else if (this.#end - this.#last === blockSize / 2) this.#reserveEarly();
    return ++this.#last;
  }

  /** Half a block is left: a disk that is full now may have room again before it is used up. */
  #reserveEarly(): void {
    try {
      this.#reserve();
    } catch (error) {
      this.#logger.warn('The revision file could not be written; there are still some left.', { error });
    }
  }

  #reserve(): void {
    const end = this.#end + blockSize;
    writeWhole(this.#file, `${end}\n`);
    this.#end = end;
  }
}

const fileAt = (root: string): string => join(root, '.pomelo-ts', 'revision');

function readRevision(file: string): number {
  try {
    const revision = Number(readFileSync(file, 'utf8'));
    return Number.isSafeInteger(revision) ? revision : 0;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}
