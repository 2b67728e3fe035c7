/** Lines in their order, some of which were wanted. */
export interface Judged {
  /** Whether each line is wanted. */
  readonly wanted: readonly boolean[];
  /** So many lines before and after each wanted one are handed out. */
  readonly around: number;
  /** The first line that was not read before. */
  readonly from: number;
  /** Whether those before `from` were handed out when they were read, as far as they were wanted then. */
  readonly told: boolean;
}

/** A line that is handed out, and how it is marked. */
export interface Handed {
  readonly at: number;
  /** `f` for one that was found, `a` for one around; in capitals where lines before it are left out. */
  readonly mark: string;
}

/** Which lines are handed out now: those that are wanted, and those around them that were not handed out before. */
export function handedOut({ wanted, around, from, told }: Judged): Handed[] {
  const near = (at: number, begin: number): boolean =>
    wanted.slice(Math.max(begin, at - around, 0), at + around + 1).some(Boolean);
  const wantedBefore = wanted.slice(0, from);
  const toldBefore = (at: number): boolean =>
    told && at < from && wantedBefore.slice(Math.max(0, at - around), at + around + 1).some(Boolean);
  const handed: Handed[] = [];
  for (let at = Math.max(0, from - around); at < wanted.length; at++) {
    if (toldBefore(at) || !near(at, told ? 0 : from)) continue;
    const follows = handed.at(-1)?.at === at - 1 || toldBefore(at - 1);
    const mark = wanted[at] && at >= from ? 'f' : 'a';
    handed.push({ at, mark: follows ? mark : mark.toUpperCase() });
  }
  return handed;
}
