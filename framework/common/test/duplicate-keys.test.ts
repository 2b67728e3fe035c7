import { describe, expect, it } from 'vitest';
import { duplicateKeys } from '../src/duplicate-keys.js';

/** `path: line:column …` of each duplicate. */
const told = (text: string): string[] =>
  duplicateKeys(text).map(
    ({ path, places }) =>
      `${path.join('.')}: ${places.map(({ line, column }) => `${line}:${column}`).join(' ')}`,
  );

describe('keys that stand twice in a text of JSON5', () => {
  it.each([
    ['{ "a": 1, "a": 2 }', ['a: 1:3 1:11']],
    ['{\n  a: 1,\n  "b": 2,\n  \'a\': 3,\n  a: 4,\n}', ['a: 2:3 4:3 5:3']],
    ['{ a: 1, "\\u0061": 2 }', ['a: 1:3 1:9']],
    ['{ \\u0061: 1, a: 2 }', ['a: 1:3 1:14']],
    ['{ __proto__: 1, "__proto__": 2 }', ['__proto__: 1:3 1:17']],
    ['{ "": 1, \'\': 2 }', [': 1:3 1:10']],
    ['{ a: { b: [0, { c: 1, c: 2 }] } }', ['a.b.1.c: 1:17 1:23']],
    ['[{ a: 1, a: 1 }, { b: 1, b: 2 }]', ['0.a: 1:4 1:10', '1.b: 1:20 1:26']],
    ['{ a: 1,\r\n  a: 2,\u2028  a: 3 }', ['a: 1:3 2:3 3:3']],
    ['\ufeff{ a: 1, a: 2 }', ['a: 1:4 1:10']],
  ])('%j: %j', (text, expected) => {
    expect(told(text)).toEqual(expected);
  });

  it.each([
    '{ a: { x: 1 }, b: { x: 1 }, c: [{ x: 1 }, { x: 2 }] }',
    '{ a: "a: 1, a: 2", b: \'"a": {\', }',
    '{ // a: 1\n a: 1, /* a: 2, a: 3 */ b: "//" }',
    '{ a: 1, A: 2, "a ": 3, a1: 4 }',
    '{ url: "http://x/{id}", n: +.5e3, i: -Infinity, h: 0xFF, t: "a\\\nb" }',
    '[1, 1, "a", "a"]',
    '"a"',
    'null',
  ])('%j has none', (text) => {
    expect(told(text)).toEqual([]);
  });
});
