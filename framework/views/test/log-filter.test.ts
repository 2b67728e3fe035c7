import { describe, expect, it } from 'vitest';
import { FilterError } from '../src/filter.js';
import { parseLogFilter } from '../src/log-filter.js';

describe('what is typed to look for in logs', () => {
  it.each([
    ['', {}],
    ['bot  !', { words: ['bot'] }],
    ['bot !gone level:warn', { words: ['bot'], without: ['gone'], level: 'warn' }],
    [
      '/timed out after \\d+/ !/chat-[12]/',
      { patterns: ['timed out after \\d+'], withoutPatterns: ['chat-[12]'] },
    ],
    ['/a\\/b/ around:3', { patterns: ['a\\/b'], around: 3 }],
    ['level:warn level:error', { level: 'error' }],
  ])('is words, regular expressions, a level and lines around: %s', (text, filter) => {
    expect(parseLogFilter(text)).toEqual(filter);
  });

  it.each([
    ['level:loud', 'expected level:debug, level:info, level:warn, level:error; got level:loud'],
    ['around:21', 'expected around:0 to around:20, in lines; got around:21'],
    ['around:', 'expected around:0 to around:20, in lines; got around:'],
    ['/open', 'expected a regular expression as /…/, got /open'],
    ['!//', 'expected a regular expression as /…/, got //'],
  ])('is refused with what was expected: %s', (text, said) => {
    expect(() => parseLogFilter(text)).toThrow(new FilterError(said));
  });
});
