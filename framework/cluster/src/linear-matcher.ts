import { RE2JS } from 're2js';

/** Longest pattern, in characters. */
const longestPattern = 100;

/**
 * A regular expression that takes time in proportion to the text, whatever it is: it comes from whoever looks, and runs in a process that
 * must not stop. There is no looking around and no referring back in it. Capitals and others are the same.
 *
 * @throws Error with what is wrong with it
 */
export function linearMatcher(pattern: string): (text: string) => boolean {
  if (pattern.length > longestPattern)
    throw new Error(`at most ${longestPattern} characters, got ${pattern.length}`);
  const compiled = RE2JS.compile(pattern, RE2JS.CASE_INSENSITIVE);
  return (text) => compiled.matcher(text).find();
}
