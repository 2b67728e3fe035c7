import { describe, expect, it } from 'vitest';
import { gameWith, handlerFile, routeOf } from './game-sources.js';

const text = { type: 'string' };
const number = { type: 'number' };

/** The shape of what a method answers whose value has the type. */
function answer(type: string, before = '') {
  return routeOf(`go(): ${type} { throw 0; }`, before).answer;
}

const object = (properties: object, ...required: string[]) => ({
  type: 'object',
  properties,
  ...(required.length > 0 && { required }),
});

describe('what an answer becomes as JSON', () => {
  it.each<[string, unknown]>([
    ['{ a: string; b?: number }', object({ a: text, b: number }, 'a')],
    ['{ a: string | undefined }', object({ a: text })],
    ['{ a: string | null }', object({ a: { anyOf: [{ type: 'null' }, text] } }, 'a')],
    ['{ a?: string | null }', object({ a: { anyOf: [{ type: 'null' }, text] } })],
    ['{ a: undefined; b?: never }', { type: 'object' }],
    ['{ at: Date }', object({ at: text }, 'at')],
    ['(string | undefined)[]', { type: 'array', items: { anyOf: [{ type: 'null' }, text] } }],
    ['readonly [string, number?]', { type: 'array', prefixItems: [text, number], items: false, minItems: 1 }],
    ['[string, ...number[]]', { type: 'array', prefixItems: [text], items: number, minItems: 1 }],
    ['never[]', { type: 'array', prefixItems: [], items: false }],
    ["'b' | 'a' | 2 | 1", { enum: [1, 2, 'a', 'b'] }],
    ['boolean | string', { anyOf: [{ type: 'boolean' }, text] }],
    ['true', { const: true }],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is TypeScript's own
    ['`room-${number}`', text],
    ["string & { __brand: 'id' }", text],
    ['Record<string, number>', { type: 'object', additionalProperties: number }],
    ['{ [id: number]: string }', { type: 'object', additionalProperties: text }],
    ['Pick<{ a: 1; b: 2 }, "a"> & { c: 3 }', object({ a: { const: 1 }, c: { const: 3 } }, 'a', 'c')],
    ['unknown', {}],
    ['object', { type: 'object', additionalProperties: {} }],
    ['void', { type: 'object' }],
    ['Promise<void>', { type: 'object' }],
    ['Promise<{ a: 1 } | undefined>', { anyOf: [object({ a: { const: 1 } }, 'a'), { type: 'object' }] }],
    ['null', { type: 'null' }],
  ])('of %s', (type, shape) => {
    expect(answer(type)).toEqual(shape);
  });

  it('is what toJSON gives', () => {
    const money =
      'class Money { #cents = 1n; plus(): Money { return this; } toJSON() { return { cents: 1 }; } }';
    expect(answer('{ price: Money }', money)).toEqual(
      object({ price: { $ref: '#/definitions/Money' } }, 'price'),
    );
    const { definitions } = routeOf('go(): Money { throw 0; }', money);
    expect(definitions).toEqual({ Money: object({ cents: number }, 'cents') });
  });

  it('has neither methods nor accessors of classes, nor what is #private', () => {
    const point = 'class Point { x = 0; #y = 0; get length() { return 1; } move() {} static zero = 1; }';
    expect(routeOf('go(): Point { throw 0; }', point).definitions).toEqual({
      Point: object({ x: number }, 'x'),
    });
  });

  it('takes what a method infers', () => {
    const { answer } = routeOf(
      "async go() { return Math.random() > 1 ? { ok: true as const } : { ok: false as const, why: 'no' }; }",
    );
    expect(answer).toEqual({
      anyOf: [
        object({ ok: { const: false }, why: text }, 'ok', 'why'),
        object({ ok: { const: true } }, 'ok'),
      ],
    });
  });
});

describe('a type with a name', () => {
  it('becomes a definition with what its comments say', () => {
    const { answer, definitions } = routeOf(
      'go(): { users: User[]; mood?: Mood } { throw 0; }',
      `/** Somebody. */
      interface User {
        /** Shown to all. */
        name: string;
        /** @deprecated by name */
        nick?: string;
        /** @proto uInt32 */
        level: number;
      }
      type Mood = 'good' | 'bad';`,
    );
    expect(answer).toEqual(
      object(
        {
          users: { type: 'array', items: { $ref: '#/definitions/User' } },
          mood: { $ref: '#/definitions/Mood' },
        },
        'users',
      ),
    );
    expect(definitions).toEqual({
      Mood: { enum: ['bad', 'good'] },
      User: {
        description: 'Somebody.',
        ...object(
          {
            name: { ...text, description: 'Shown to all.' },
            nick: { ...text, deprecated: true },
            level: { type: 'integer', proto: 'uInt32' },
          },
          'name',
          'level',
        ),
      },
    });
  });

  it('may lead back to itself, also without a name of its own', () => {
    const { definitions } = routeOf(
      'go(): { tree: Tree; list: List<string> } { throw 0; }',
      'interface Tree { left?: Tree; right?: Tree }\ninterface List<T> { value: T; next?: List<T> }',
    );
    const tree = { $ref: '#/definitions/Tree' };
    expect(definitions).toEqual({
      Tree: object({ left: tree, right: tree }),
      List: object({ value: text, next: { $ref: '#/definitions/List' } }, 'value'),
    });
  });

  it('gets a number when another one has its name', () => {
    using game = gameWith(
      "import type { User as Other } from '../../../other.js';\ninterface User { a: 1 }\nexport default class { go(): { one: User; two: Other } { throw 0; } }",
      { 'app/other.ts': 'export interface User { b: 2 }' },
    );
    expect(Object.keys(game.contract.definitions)).toEqual(['User', 'User2']);
  });

  it('is an enum', () => {
    const { definitions } = routeOf('go(): { c: Color } { throw 0; }', 'enum Color { Red, Blue = 5 }');
    expect(definitions).toEqual({ Color: { enum: [0, 5] } });
  });
});

describe('a type that JSON cannot carry is refused with its place and a way out:', () => {
  const refused = (source: string) => {
    using game = gameWith(`export default class {\n  go${source} { throw 0; }\n}`);
    return game.problems.map((line) => line.replace(`${handlerFile}:2: chat.chatHandler.go `, ''));
  };

  it.each([
    [
      '(): { a: () => void }',
      'answer.a is a function, which JSON leaves out: send what it gives, or take it away',
    ],
    ['(): { a: bigint }', 'answer.a is a bigint, which JSON cannot carry: use a number, or a text'],
    ['(): { a: symbol }', 'answer.a is a symbol, which JSON leaves out: use a text'],
    [
      '(): { a: Map<string, 1> }',
      'answer.a is a Map, which JSON empties or changes: use an object, or a list of pairs',
    ],
    [
      '(): { a: Uint8Array }',
      'answer.a is a Uint8Array, which JSON empties or changes: use a text (base64), or a list of numbers',
    ],
    [
      '(): { a: Promise<1> }',
      'answer.a is a Promise, which JSON empties or changes: use await, to send what it gives',
    ],
    ['(): { a: Missing }', 'answer.a is a type that cannot be found: tsc says why'],
    ['(): { a: never }', 'answer.a is never, so that there can be no such object'],
    [
      '(msg: { at: Date })',
      'input.at is a Date, but what comes from a client is JSON: say what that looks like (string for a Date)',
    ],
    ['(msg: string)', 'input is string, but the body of a request is an object'],
    [
      '(): { a: { b: (() => void)[] } }',
      'answer.a.b[] is a function, which JSON leaves out: send what it gives, or take it away',
    ],
  ])('%s', (source, problem) => {
    expect(refused(source)).toEqual([problem]);
  });

  it('what is private in its class only', () => {
    using game = gameWith(
      'class User {\n  private secret = 1;\n}\nexport default class { go(): User { throw 0; } }',
    );
    expect(game.problems).toEqual([
      `${handlerFile}:2: chat.chatHandler.go answer.secret is hidden in its class, but JSON sends it: make it #private, or give the class a toJSON`,
    ]);
  });

  it('a type that makes new ones without end', () => {
    using game = gameWith(
      'interface Grow<T> { next: Grow<T[]> }\nexport default class { go(): Grow<1> { throw 0; } }',
    );
    expect(game.problems.join()).toContain('is a type that goes on without end: give it a name or an end');
  });

  it('a @proto that is none', () => {
    using game = gameWith('export default class { go(): {\n/** @proto int */\na: number } { throw 0; } }');
    expect(game.problems.join()).toContain('answer.a has @proto int: expected one of uInt32,');
  });
});
