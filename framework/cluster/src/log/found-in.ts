import type { Pace } from '@pomelo-ts/common/internal';
import type { TextMatcher } from '../load-matcher.js';

/** The time that there is to look through lines. */
export interface Turn {
  readonly pace: Pace;
  /** Longest work in all, in ms. */
  readonly mostMs: number;
  /** Whether a line was given up as there is no time left. */
  gaveUp: boolean;
}

/**
 * Most characters that are looked through without a rest, and by how many two such pieces overlap, which is the longest match that is found in
 * longer lines wherever it is. The worst pattern takes about 15 µs a character (measured with re2js 2.10): 30 ms a piece.
 */
export const [longestPiece, overlap] = [2048, 512];

/** Whether of these patterns all are found in a line, and of those none. */
export async function foundIn(
  line: string,
  wanted: readonly TextMatcher[],
  unwanted: readonly TextMatcher[],
  turn: Turn,
): Promise<boolean> {
  for (const matches of wanted) if (!(await isIn(line, matches, turn))) return false;
  for (const matches of unwanted) if (await isIn(line, matches, turn)) return false;
  return !turn.gaveUp;
}

async function isIn(line: string, matches: TextMatcher, turn: Turn): Promise<boolean> {
  for (let begin = 0; ; begin += longestPiece - overlap) {
    if (turn.pace.due) {
      await turn.pace.rest();
      turn.gaveUp ||= turn.pace.workedMs > turn.mostMs;
      if (turn.gaveUp) return false;
    }
    const end = begin + longestPiece;
    const cut = { begin: begin > 0, end: end < line.length };
    if (matches(begin > 0 || cut.end ? line.slice(begin, end) : line, cut)) return true;
    if (!cut.end) return false;
  }
}
