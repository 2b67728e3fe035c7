import { expect, it } from 'vitest';
import { isUnfinished } from '../src/remote/is-unfinished.js';

it.each([
  ['[1,', true],
  ['function f() {', true],
  ['f(a', true],
  ['`a text', true],
  ['if (await ready()) {', true],
  ['await f(', true],
  ['1 + 1', false],
  ['await ready()', false],
  ['return 1', false],
  ['for (;;) {}', false],
  ['}', false],
  ['a b', false],
  ['"a text', false],
  ['', false],
])('%j waits for more lines: %s', (code, more) => expect(isUnfinished(code)).toBe(more));
