import { type Counters, isPomeloError, type Logger, reasonOf } from '@pomelo-ts/common';

/** Longest reason that is written: what is in it is the other end's. */
const longestReason = 500;

/** What {@link noteFault} tells. */
export interface FaultNotes {
  readonly counters: Counters;
  readonly logger: Logger;
}

/**
 * Counts and tells that somebody who has proved a key broke the rules, or did not read: his process may have been taken over. The end of
 * a link for any other reason is no fault.
 */
export function noteFault({ counters, logger }: FaultNotes, error: Error, who: Record<string, string>): void {
  const facts = { ...who, reason: reasonOf(error).slice(0, longestReason) };
  if (isPomeloError(error, 'FRAME_INVALID') || isPomeloError(error, 'FRAME_TOO_LARGE')) {
    counters.add('faults');
    logger.warn('What came over a link cannot be read: it was closed.', facts);
  } else if (isPomeloError(error, 'LINK_UNREAD')) {
    counters.add('unread');
    logger.warn('Too much waited for the other end of a link: it was closed.', facts);
  }
}
