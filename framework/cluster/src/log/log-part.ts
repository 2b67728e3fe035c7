import type { LogPosition } from './file-lines.js';
import type { LogFilter } from './log-filter.js';

/**
 * What to read: the last lines (of the last 4 MiB, or of what can be looked through in a second), or what comes after a place; of these, those that
 * a filter lets through. Of more lines than one answer has room for the first ones come, and `next` leads on.
 */
export type LogRequest = ({ readonly lines: number } | { readonly after: LogPosition }) & {
  readonly filter?: LogFilter;
};

/** Whole lines of a log. */
export interface LogPart {
  readonly lines: readonly string[];
  /**
   * One character for each line, when the filter has a regular expression or `around`: `f` was found, `a` is around one; in capitals where
   * lines before it are left out.
   */
  readonly marks?: string;
  /** Where to read on. */
  readonly next: LogPosition;
  /** Whether there is more to be read now. */
  readonly more: boolean;
}

/** Most bytes of one part, and most lines; lines around others that were found come on top of them. */
export const [partBytes, partLines] = [256 * 1024, 1000];
