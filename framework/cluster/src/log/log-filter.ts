import { loadLinearMatcher, type TextMatcher } from '../load-matcher.js';
import { foundIn, type Turn } from './found-in.js';

/** Levels that records have. */
export const recordLevels = ['debug', 'info', 'warn', 'error'] as const;

/** Which lines of a log are wanted; they are looked for where the log is, so that the others do not travel. */
export interface LogFilter {
  /** Texts that are all in the line, in capitals or not. */
  readonly words?: readonly string[];
  /** Texts of which none is in it. */
  readonly without?: readonly string[];
  /** Regular expressions that are all found in it; see `linearMatcher` for what they may be. */
  readonly patterns?: readonly string[];
  /** Regular expressions of which none is found in it. */
  readonly withoutPatterns?: readonly string[];
  /** The least level of a record; lines that are no record have none. */
  readonly level?: (typeof recordLevels)[number];
  /** So many lines before and after each one are wanted, too; at most {@link mostAround}. */
  readonly around?: number;
}

/** Most lines before and after one that is wanted. */
export const mostAround = 20;

/**
 * Tells whether a line is wanted, and lets others have their turn meanwhile; false for one that it would take too long to look through, and then
 * `turn.gaveUp` is set. In lines of more than `longestPiece` characters regular expressions find matches of `overlap` or less.
 */
export type LineMatcher = (line: string, turn: Turn) => boolean | Promise<boolean>;

/** Whether lines are marked that are handed out for this filter: one who knows less of filters than this build marks none. */
export const marksLines = ({ patterns, withoutPatterns, around }: LogFilter): boolean =>
  patterns !== undefined || withoutPatterns !== undefined || around !== undefined;

/** Tells the lines that a filter lets through. @throws Error with what is wrong with a regular expression */
export async function lineMatcher({
  words = [],
  without = [],
  patterns = [],
  withoutPatterns = [],
  level,
}: LogFilter): Promise<LineMatcher> {
  const [found, notFound] = await matchersOf(patterns, withoutPatterns);
  const [wanted, unwanted] = [words, without].map((list) => list.map((word) => word.toLowerCase()));
  const least = level === undefined ? 0 : recordLevels.indexOf(level);
  return (line, turn) => {
    if (level !== undefined && levelOf(line) < least) return false;
    if (wanted!.length + unwanted!.length > 0) {
      const text = line.toLowerCase();
      if (!wanted!.every((word) => text.includes(word))) return false;
      if (unwanted!.some((word) => text.includes(word))) return false;
    }
    return found!.length + notFound!.length === 0 || foundIn(line, found!, notFound!, turn);
  };
}

async function matchersOf(...lists: readonly (readonly string[])[]): Promise<TextMatcher[][]> {
  if (lists.every((list) => list.length === 0)) return lists.map(() => []);
  const makeMatcher = await loadLinearMatcher();
  return lists.map((list) => list.map((pattern) => makeMatcher(pattern)));
}

/** The place of a record's level among all; -1 for a line that has none. */
function levelOf(line: string): number {
  const [, level] = /^\{"level":"([a-z]+)"/.exec(line) ?? [];
  return (recordLevels as readonly unknown[]).indexOf(level);
}
