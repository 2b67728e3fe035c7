import { expect, it } from 'vitest';
import { briefError } from '../src/brief-error.js';
import { PomeloError } from '../src/errors.js';

it('keeps a short error as it is, its class too', () => {
  const error = new RangeError('of the game', { cause: new Error('below') });
  const brief = briefError(Object.assign(error, { code: 'FULL', count: 3 })) as RangeError & { code: string };
  expect(brief).toBeInstanceOf(RangeError);
  expect([brief.message, brief.name, brief.code, (brief.cause as Error).message]).toEqual([
    'of the game',
    'RangeError',
    'FULL',
    'below',
  ]);
  expect(brief.stack).toContain('RangeError: of the game\n    at ');
  expect(brief.stack).toContain('brief-error.test.ts');
  expect(briefError(new PomeloError('ROUTE_UNKNOWN', { route: 'a.b.c' }))).toBeInstanceOf(PomeloError);
});

it('keeps little of what a client may have made long', () => {
  const long = '\u001b[2J\n'.repeat(100_000);
  const deep = (depth: number): Error => new Error(long, { cause: depth > 0 ? deep(depth - 1) : undefined });
  const error = Object.assign(deep(50), { data: { long }, hint: long, list: [long] });
  const brief = briefError(error) as Error & Record<string, unknown>;
  const kept: string[] = [];
  for (let at: unknown = brief; at instanceof Error; at = at.cause) kept.push(at.message, at.stack ?? '');
  expect(kept).toHaveLength(6);
  expect(kept.join('').length + JSON.stringify(brief).length).toBeLessThan(12_000);
  expect([brief['data'], brief['list']]).toEqual([undefined, undefined]);
});

it.each([
  ['x'.repeat(5000), /^x{500}… \(5000 characters\)$/],
  [{ secret: 'of a client' }, /^an object of Object that is no error$/],
  [Object.create(null), /no class/],
  [undefined, /^undefined$/],
  [7, /^7$/],
])('tells of what is no error, %j, in a few words', (thrown, expected) => {
  expect(briefError(thrown)).toMatch(expected);
});
