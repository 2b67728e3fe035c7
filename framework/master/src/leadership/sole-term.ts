import { lastRevision, RevisionFile } from '@pomelo-ts/cluster';
import { type Logger, silentLogger } from '@pomelo-ts/common';
import { isNoRoom } from '../processes/no-room.js';

/** Where the term of a master comes from that is the only one. */
export interface SoleTermOptions {
  /** The game's root. */
  readonly root: string;
  readonly logger?: Logger;
  /** Milliseconds since 1970. @default Date.now */
  readonly wallTime?: () => number;
}

/**
 * A term above those of all former masters at this root. Where the disk is full it is not written down, and is that of the time: the
 * next one is above it unless the clock is set back meanwhile, and a game without a master is worse than that.
 */
export function soleTerm({ root, logger = silentLogger, wallTime = Date.now }: SoleTermOptions): number {
  try {
    return new RevisionFile({ root, logger, wallTime }).next();
  } catch (error) {
    if (!isNoRoom(error)) throw error;
    logger.error(
      'There is no room on the disk of the master: expected some, as its files cannot be written.',
      {
        error,
      },
    );
    return Math.max(lastRevision(root) + 1, wallTime());
  }
}
