/** Longest name that the cluster knows something by, in characters: names travel with messages, and stand in tables. */
export const longestName = 256;

/**
 * What is wrong with a name that other servers are to know as the same one; undefined when nothing is. Half of a surrogate pair becomes
 * another character on its way, so two servers would mean two things by it.
 */
export function problemOfName(value: unknown, longest = longestName): string | undefined {
  if (typeof value !== 'string') return `expected a text, got ${shown(value)}`;
  if (value === '') return 'expected a text that is not empty';
  if (value.length > longest)
    return `expected at most ${longest} characters, got a string of ${value.length} characters`;
  return value.isWellFormed() ? undefined : 'expected whole characters, got half of a surrogate pair';
}

/** Any value in a few words, whatever it is made of. Never throws. */
export function shown(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return String(value);
  return Array.isArray(value) ? 'a list' : 'an object';
}
