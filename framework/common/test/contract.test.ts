import { describe, expect, it } from 'vitest';
import {
  type Contract,
  diffContracts,
  fitsShape,
  parseContract,
  type Shape,
  typeText,
} from '../src/contract.js';

const text: Shape = { type: 'string' };
const number: Shape = { type: 'number' };
const nothing: Shape = { type: 'null' };

function object(properties: Record<string, Shape>, ...optional: string[]): Shape {
  return {
    type: 'object',
    properties,
    required: Object.keys(properties).filter((name) => !optional.includes(name)),
  };
}

const oneOf = (...anyOf: Shape[]): Shape => ({ anyOf });
const listOf = (items: Shape): Shape => ({ type: 'array', items });
const exactly = (literal: string | number | boolean): Shape => ({ const: literal });

function contract(parts: Partial<Omit<Contract, 'contractVersion'>>): Contract {
  return { contractVersion: 1, routes: {}, pushes: {}, errors: {}, definitions: {}, ...parts };
}

/** The differences when the input, or the answer, of a route changes, as `breaking|fine: path: what`. */
function changes(
  kind: 'input' | 'answer',
  old: Shape,
  now: Shape,
  definitions: Contract['definitions'] = {},
): string[] {
  const withShape = (shape: Shape) =>
    contract({
      routes: { 'a.b.c': { input: object({}), answer: object({}), [kind]: shape } },
      definitions,
    });
  return diffContracts(withShape(old), withShape(now)).map(
    ({ breaking, path, what }) => `${breaking ? 'breaking' : 'fine'}: ${path.replace('a.b.c ', '')}: ${what}`,
  );
}

describe('the difference of two contracts', () => {
  it('is nothing for the same contract, whatever its types are called', () => {
    const named = object({ next: oneOf({ $ref: '#/definitions/Other' }, nothing) });
    const definitions = {
      Node: object({ next: oneOf({ $ref: '#/definitions/Node' }, nothing) }),
      Other: named,
    };
    expect(
      changes('answer', { $ref: '#/definitions/Node' }, { $ref: '#/definitions/Other' }, definitions),
    ).toEqual([]);
  });

  it('names routes, pushes and errors that went and came, those first that clients miss', () => {
    const route = { input: object({}), answer: object({}) };
    const old = contract({
      routes: { 'a.b.gone': route },
      pushes: { onGone: { body: text } },
      errors: { OLD: {} },
    });
    const now = contract({
      routes: { 'a.b.come': route },
      pushes: { onCome: { body: text } },
      errors: { NEW: {} },
    });
    expect(diffContracts(old, now)).toEqual([
      { breaking: true, path: 'a.b.gone', what: 'is no longer a route' },
      { breaking: true, path: 'push onGone', what: 'is no longer sent' },
      { breaking: false, path: 'a.b.come', what: 'is a new route' },
      { breaking: false, path: 'push onCome', what: 'is new' },
      { breaking: false, path: 'error NEW', what: 'is new' },
      { breaking: false, path: 'error OLD', what: 'is no longer answered' },
    ]);
  });

  it.each<[string, Shape, Shape, string[], string[]]>([
    [
      'a new property that must be there',
      object({}),
      object({ x: text }),
      ['breaking: input.x: is new, and must be there'],
      ['fine: answer.x: is new, and must be there'],
    ],
    [
      'a new property that may be absent',
      object({}),
      object({ x: text }, 'x'),
      ['fine: input.x: is new, and may be absent'],
      ['fine: answer.x: is new, and may be absent'],
    ],
    [
      'a property that went',
      object({ x: text }),
      object({}),
      ['fine: input.x: is no longer there'],
      ['breaking: answer.x: is no longer there'],
    ],
    [
      'a property that may be absent now',
      object({ x: text }),
      object({ x: text }, 'x'),
      ['fine: input.x: may be absent now'],
      ['breaking: answer.x: may be absent now'],
    ],
    [
      'a property that must be there now',
      object({ x: text }, 'x'),
      object({ x: text }),
      ['breaking: input.x: must be there now'],
      ['fine: answer.x: must be there now'],
    ],
    [
      'another type',
      object({ x: text }),
      object({ x: number }),
      ['breaking: input.x: was string, is number'],
      ['breaking: answer.x: was string, is number'],
    ],
    [
      'null that came',
      object({ x: text }),
      object({ x: oneOf(text, nothing) }),
      ['fine: input.x: may be null too'],
      ['breaking: answer.x: may be null too'],
    ],
    [
      'a member of a union that went',
      oneOf(exactly('a'), exactly('b')),
      { enum: ['a'] },
      ['breaking: input: is no longer "b"'],
      ['fine: answer: is no longer "b"'],
    ],
    [
      'a literal that became its type',
      exactly(1),
      number,
      ['fine: input: was 1, is number'],
      ['breaking: answer: was 1, is number'],
    ],
    [
      'a boolean for a literal',
      exactly(true),
      { type: 'boolean' },
      ['fine: input: may be false too'],
      ['breaking: answer: may be false too'],
    ],
    [
      'anything for a type',
      text,
      {},
      ['fine: input: was string, is unknown'],
      ['breaking: answer: was string, is unknown'],
    ],
    [
      'elements of a list',
      listOf(object({ x: text })),
      listOf(object({ x: text, y: number })),
      ['breaking: input[].y: is new, and must be there'],
      ['fine: answer[].y: is new, and must be there'],
    ],
    [
      'whole numbers for numbers',
      number,
      { type: 'integer' },
      ['breaking: input: was number, is whole number'],
      ['fine: answer: was number, is whole number'],
    ],
  ])('tells by who reads it what %s means', (_, old, now, input, answer) => {
    expect(changes('input', old, now)).toEqual(input);
    expect(changes('answer', old, now)).toEqual(answer);
  });

  it('follows a member of a union by its mark', () => {
    const fine = object({ code: exactly(200), users: listOf(text) });
    const refused = object({ code: exactly(500) });
    const old = oneOf(fine, refused);
    const now = oneOf(object({ code: exactly(200), users: listOf(number) }), refused);
    expect(changes('answer', old, now)).toEqual([
      'breaking: answer(code 200).users[]: was string, is number',
    ]);
  });

  it('finds what lies behind a type that leads back to itself, and ends', () => {
    const tree = (leaf: Shape) => object({ leaf, left: oneOf({ $ref: '#/definitions/Tree' }, nothing) });
    const withTree = (leaf: Shape) =>
      contract({
        pushes: { onTree: { body: { $ref: '#/definitions/Tree' } } },
        definitions: { Tree: tree(leaf) },
      });
    expect(diffContracts(withTree(text), withTree(oneOf(text, nothing)))).toEqual([
      { breaking: true, path: 'push onTree.leaf', what: 'may be null too' },
    ]);
    expect(diffContracts(withTree(text), withTree(text))).toEqual([]);
  });

  it('never passes over a breaking change that it has no words for', () => {
    const pair = (first: Shape): Shape => ({
      type: 'array',
      prefixItems: [first, text],
      items: false,
      minItems: 2,
    });
    expect(changes('answer', pair(text), pair(number)).join()).toMatch(/^breaking/);
    expect(
      changes('answer', { type: 'object', additionalProperties: text }, { type: 'object' }).join(),
    ).not.toMatch(/breaking/);
  });
});

describe('fitsShape', () => {
  const fits = (from: Shape, to: Shape) => fitsShape(from, {}, to, {});

  it('takes an object apart whose property has few literals', () => {
    const either = object({ code: { enum: [200, 500] } });
    expect(fits(either, oneOf(object({ code: exactly(200) }), object({ code: exactly(500) })))).toBe(true);
    expect(fits(either, object({ code: exactly(200) }))).toBe(false);
  });

  it('does not believe what only followed from an assumption that failed', () => {
    const a: Shape = { $ref: '#/definitions/A' };
    const b: Shape = { $ref: '#/definitions/B' };
    const from = { A: object({ b, wrong: text }), B: object({ a }) };
    const to = { A: object({ b, wrong: number }), B: object({ a }) };
    expect(fitsShape(oneOf(a, b), from, oneOf(a, b), to)).toBe(false);
    expect(fitsShape(b, from, oneOf(a, b), to)).toBe(false);
  });

  it('holds for records and lists as for their members', () => {
    const record = (additionalProperties: Shape): Shape => ({ type: 'object', additionalProperties });
    expect(fits(object({ x: text }), record(text))).toBe(true);
    expect(fits(object({ x: text }), record(number))).toBe(false);
    expect(fits(record(text), object({ x: text }))).toBe(false);
    expect(fits({ type: 'array', prefixItems: [text], items: false, minItems: 1 }, listOf(text))).toBe(true);
    expect(fits(listOf(text), { type: 'array', prefixItems: [text], items: false, minItems: 1 })).toBe(false);
  });
});

describe('a shape as text', () => {
  it('is what TypeScript would write', () => {
    expect(typeText(object({ 'a-b': oneOf(text, nothing), c: listOf({ enum: ['x', 'y'] }) }, 'c'))).toBe(
      '{ "a-b": string | null; c?: readonly ("x" | "y")[] }',
    );
    expect(typeText({ type: 'array', prefixItems: [text, number], items: listOf(text), minItems: 1 })).toBe(
      'readonly [string, number?, ...(readonly string[])[]]',
    );
    expect(typeText({ $ref: '#/definitions/User' })).toBe('User');
    expect(typeText({})).toBe('unknown');
  });
});

describe('reading a contract', () => {
  it('takes what is one', () => {
    const good = contract({
      routes: { 'a.b.c': { input: { $ref: '#/definitions/X' }, answer: {} } },
      errors: { FULL: {} },
      definitions: { X: text },
    });
    expect(parseContract(JSON.parse(JSON.stringify(good)), 'config/contract.json')).toEqual(good);
  });

  it.each<[unknown, string]>([
    [[], 'the document should be an object, but is []'],
    [{ contractVersion: 2 }, 'contractVersion should be 1, but is 2'],
    [{ ...contract({}), pushes: undefined }, 'pushes should be an object, but is absent'],
    [
      contract({ routes: { 'a.b.c': { input: {} } as never } }),
      'routes["a.b.c"].answer should be an object, but is absent',
    ],
    [
      contract({ pushes: { onX: { body: { $ref: '#/definitions/Nobody' } } } }),
      'pushes["onX"].body.$ref should be #/definitions/ and the name of one, but is "#/definitions/Nobody"',
    ],
    [
      contract({ definitions: { X: { anyOf: [{ type: 'text' as never }] } } }),
      'definitions.X.anyOf[0].type should be one of object, array',
    ],
  ])('names the first fault of %j', (value, message) => {
    expect(() => parseContract(value, 'c.json')).toThrow(`c.json is not a contract: ${message}`);
  });
});
