import { expect, it } from 'vitest';
import { changeText } from '../src/index.js';

it.each([
  [undefined, undefined, ''],
  [{ role: 'viewer', disabled: false }, { role: 'admin', disabled: false }, 'role: viewer -> admin'],
  [{ role: 'viewer' }, undefined, 'role: viewer -> none'],
  [undefined, { '192.0.2.1': { by: 'ann' } }, '192.0.2.1: none -> {"by":"ann"}'],
  [
    {},
    { a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7 },
    'a: none -> 1, b: none -> 2, c: none -> 3, d: none -> 4, e: none -> 5, and 2 more',
  ],
])('the change of %j to %j is told as what differs', (was, is, text) => {
  expect(changeText(was, is)).toBe(text);
});
