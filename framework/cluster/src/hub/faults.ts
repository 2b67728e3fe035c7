import { isPomeloError, type Logger, reasonOf } from '@pomelo-ts/common';
import type { LinkMeasures } from '../link-measures.js';

/** Longest reason that is written: what is in it is the other end's. */
const longestReason = 500;

/** What {@link noteFault} tells. */
export interface FaultNotes {
  readonly counters: LinkMeasures;
  readonly logger: Logger;
}

/**
 * Counts and tells that somebody who has proved a key broke the rules, or did not read: his process may have been taken over. The end of
 * a link for any other reason is no fault.
 */
export function noteFault({ counters, logger }: FaultNotes, error: Error, who: Record<string, string>): void {
  const facts = { ...who, reason: reasonOf(error).slice(0, longestReason) };
  if (isPomeloError(error, 'FRAME_INVALID') || isPomeloError(error, 'FRAME_TOO_LARGE')) {
    counters.linkFaults.add();
    logger.warn('What came over a link cannot be read: it was closed.', facts);
  } else if (isPomeloError(error, 'LINK_UNREAD')) {
    counters.linkUnread.add();
    logger.warn('Too much waited for the other end of a link: it was closed.', facts);
  }
}
