/** States in which all is as it should be. */
const fine: ReadonlySet<string> = new Set(['ready', 'done', 'running']);
/** States that something is not meant to stay in. */
const passing: ReadonlySet<string> = new Set([
  ...['starting', 'stopping', 'restarting', 'draining', 'waiting', 'paused', 'pausing', 'ending', 'warn'],
]);

/** One character for a state: it is read beside its word, and without colours. */
export function signOf(state: string, trouble: number, plain: boolean): string {
  if (passing.has(state)) return '~';
  if (trouble > 0 || state === 'page') return '!';
  if (fine.has(state)) return plain ? '+' : '✓';
  return '-';
}
