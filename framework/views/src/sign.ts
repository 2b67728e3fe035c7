/** States in which all is as it should be. */
const fine: ReadonlySet<string> = new Set(['ready', 'done', 'running']);
/** States that something is not meant to stay in. */
const passing: ReadonlySet<string> = new Set([
  ...['starting', 'stopping', 'restarting', 'draining', 'waiting', 'paused', 'pausing', 'ending', 'warn'],
]);

/** What a state means for whoever looks: it passes, something is wrong, all is well, or nothing goes on. */
export type StateMood = 'passing' | 'wrong' | 'fine' | 'still';

/** The mood of a state in a line with so much trouble. */
export function moodOf(state: string, trouble: number): StateMood {
  if (passing.has(state)) return 'passing';
  if (trouble > 0 || state === 'page') return 'wrong';
  return fine.has(state) ? 'fine' : 'still';
}

const signs: Readonly<Record<StateMood, string>> = { passing: '~', wrong: '!', fine: '✓', still: '-' };

/** One character for a state: it is read beside its word, and without colours. `plain` is ASCII. */
export function signOf(state: string, trouble: number, plain: boolean): string {
  const mood = moodOf(state, trouble);
  return plain && mood === 'fine' ? '+' : signs[mood];
}
