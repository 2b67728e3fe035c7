import { describe, expect, it } from 'vitest';
import { goesOnWith, isUnfinished } from '../src/remote/is-unfinished.js';
import { linesWithNext } from '../src/remote/piped-lines.js';

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

describe('a statement in a pipe', () => {
  it.each([
    ['fetch()', '  .then(show)'],
    ['if (a) {\n}', 'else {'],
    ['try { a() }', 'catch {'],
    ['const a = 1', '  + 2'],
    ['const a = b', '  ? 1'],
    ['await a', '  ?.b'],
  ])('goes on with a line that begins none: %j with %j', (code, next) => {
    expect(goesOnWith(code, next)).toBe(true);
  });

  it.each([
    ['const a = 1', 'const b = 2'],
    ['a', '}'],
    ['a()', '++b'],
    ['a', 'index'],
    ['a', 'elsewhere()'],
    ['const a = 1', '[1, 2].map(f)'],
    ['', '.a'],
    ['a;', '.b'],
  ])('does not go on with one that begins another, or makes no sense: %j with %j', (code, next) => {
    expect(goesOnWith(code, next)).toBe(false);
  });

  it('is known to go on by the line after it, empty ones left out, and is not held back when that does not come', async () => {
    let more = () => {};
    const later = new Promise<void>((resolve) => {
      more = resolve;
    });
    async function* lines() {
      yield* ['a', '', '.b', 'c'];
      await later;
      yield 'd';
    }
    const found: [string, string | undefined][] = [];
    for await (const one of linesWithNext(lines())) {
      found.push(one);
      if (one[0] === 'c') more();
    }
    expect(found).toEqual([
      ['a', '.b'],
      ['', '.b'],
      ['.b', 'c'],
      ['c', undefined],
      ['d', undefined],
    ]);
  });
});
