/** Levels that records have. */
export const recordLevels = ['debug', 'info', 'warn', 'error'] as const;

/** Which lines of a log are wanted; they are looked for where the log is, so that the others do not travel. */
export interface LogFilter {
  /** Texts that are all in the line, in capitals or not. */
  readonly words?: readonly string[];
  /** Texts of which none is in it. */
  readonly without?: readonly string[];
  /** The least level of a record; lines that are no record have none. */
  readonly level?: (typeof recordLevels)[number];
}

/** Tells the lines that a filter lets through. */
export function lineMatcher({ words = [], without = [], level }: LogFilter): (line: string) => boolean {
  const [wanted, unwanted] = [words, without].map((list) => list.map((word) => word.toLowerCase()));
  const least = level === undefined ? 0 : recordLevels.indexOf(level);
  return (line) => {
    if (level !== undefined && levelOf(line) < least) return false;
    if (wanted!.length + unwanted!.length === 0) return true;
    const text = line.toLowerCase();
    return wanted!.every((word) => text.includes(word)) && !unwanted!.some((word) => text.includes(word));
  };
}

/** The place of a record's level among all; -1 for a line that has none. */
function levelOf(line: string): number {
  const [, level] = /^\{"level":"([a-z]+)"/.exec(line) ?? [];
  return (recordLevels as readonly unknown[]).indexOf(level);
}
