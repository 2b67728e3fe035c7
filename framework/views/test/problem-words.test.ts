import { describe, expect, it } from 'vitest';
import { type ProblemName, problemWords, readProblem, sayProblem } from '../src/problem-words.js';

const factsOf = (name: ProblemName): Record<string, string> =>
  Object.fromEntries(
    [...problemWords[name].matchAll(/\{(\w+)\}/g)].map(([, fact]) => [
      fact!,
      fact === 'state' ? 'gone' : `a ${fact}: (p99) {${fact}}`,
    ]),
  );
const names = Object.keys(problemWords) as ProblemName[];

describe('the words of problems', () => {
  it.each(names)('are read as what was said: %s', (name) => {
    const facts = factsOf(name);
    expect(readProblem(sayProblem(name, facts as never))).toEqual({ name, facts });
  });

  it('are filled in', () => {
    expect(sayProblem('loop', { time: '212 ms' })).toBe('event loop 212 ms late');
    expect(sayProblem('downBy', { state: 'failed', exit: 'exit code 9' })).toBe('failed: exit code 9');
  });

  it('are not found in what somebody else has said', () => {
    for (const text of ['', 'something new: that is wrong', 'event loop', 'Crashed: x'])
      expect(readProblem(text)).toBeUndefined();
  });
});
