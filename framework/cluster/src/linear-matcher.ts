import { RE2JS } from 're2js';
import type { TextMatcher } from './load-matcher.js';

/** Longest pattern, in characters. */
const longestPattern = 200;
/** Most steps of a compiled pattern: in the worst case each of them is tried with each character, 12 ns a time (measured with re2js 2.10). */
const mostSteps = 200;

/**
 * A regular expression that takes time in proportion to the text, whatever it is: it comes from whoever looks, and runs in a process that
 * must not stop. There is no looking around and no referring back in it. Capitals and others are the same.
 *
 * @throws Error with what is wrong with it
 */
export function linearMatcher(pattern: string): TextMatcher {
  if (pattern.length > longestPattern)
    throw new Error(`at most ${longestPattern} characters, got ${pattern.length}`);
  const compiled = RE2JS.compile(pattern, RE2JS.CASE_INSENSITIVE);
  const steps = compiled.programSize();
  if (steps > mostSteps)
    throw new Error(`it takes too long: at most ${mostSteps} steps, got ${steps}; repeat less often`);
  const knowsEdges = /[\^$]|\\[AzbB]/.test(pattern);
  return (text, cut) => {
    const matcher = compiled.matcher(text);
    if (!cut || !knowsEdges) return matcher.find();
    // Where the text was cut is no begin and no end of it.
    while (matcher.find())
      if (!(cut.begin && matcher.start() === 0) && !(cut.end && matcher.end() === text.length)) return true;
    return false;
  };
}
