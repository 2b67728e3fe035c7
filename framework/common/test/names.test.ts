import { describe, expect, it } from 'vitest';
import { problemOfName, shown } from '../src/names.js';

const none = Object.create(null) as object;

describe('a name in the cluster', () => {
  it.each(['a', 'x'.repeat(256), '😂', 'Zoë', ' '])('may be %j', (name) => {
    expect(problemOfName(name)).toBeUndefined();
  });

  it.each([
    ['', 'not empty'],
    ['x'.repeat(257), 'at most 256 characters'],
    ['ann\ud800', 'half of a surrogate pair'],
    ['\udfffann', 'half of a surrogate pair'],
    [undefined, 'got undefined'],
    [7, 'got 7'],
    [{ toString: 1 }, 'got an object'],
    [none, 'got an object'],
    [[1], 'got a list'],
    [Symbol('s'), 'got Symbol(s)'],
  ])('may not be %j', (name, problem) => {
    expect(problemOfName(name)).toContain(problem);
  });

  it('is told in words whatever is given for it', () => {
    const hostile = { toString: 1 };
    expect([hostile, none, [hostile], () => 1, null, undefined, 1n].map(shown)).toEqual([
      'an object',
      'an object',
      'a list',
      'a function',
      'null',
      'undefined',
      '1',
    ]);
  });
});
