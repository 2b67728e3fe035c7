import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { parseProtos } from '../../src/protobuf/schema.js';
import { nestedProtos, sampleProtos } from './vectors.js';

const pomelo = createRequire(import.meta.url)('pomelo-protobuf') as { parse(json: unknown): unknown };

describe('parseProtos', () => {
  it('gives pomelo’s parsed form to the letter, since a hash of it is the version', () => {
    for (const json of [sampleProtos, nestedProtos, {}, { onEmpty: {} }]) {
      expect(JSON.stringify(parseProtos(json))).toBe(JSON.stringify(pomelo.parse(json)));
    }
  });

  it('shows the parsed form of a message', () => {
    expect(parseProtos(nestedProtos)).toEqual({
      nested: {
        p: { option: 'optional', type: 'P', tag: 8 },
        __messages: {
          P: { x: { option: 'required', type: 'uInt32', tag: 1 }, __messages: {}, __tags: { '1': 'x' } },
        },
        __tags: { '8': 'p' },
      },
    });
  });

  it('takes the types and options of pinus too', () => {
    const json = {
      'message Entry': { 'required string key': 1, 'required Item value': 2 },
      'message Item': { 'required bool on': 1, 'optional uInt64 u': 2, 'optional sInt64 s': 3 },
      onBag: { 'map Entry items': 1, 'obj Entry named': 2 },
    };
    expect(parseProtos(json)['onBag']).toMatchObject({ items: { option: 'map', type: 'Entry', tag: 1 } });
  });

  it('takes messages that name themselves or each other', () => {
    expect(() =>
      parseProtos({
        'message Tree': { 'optional Tree left': 1, 'optional Leaf leaf': 2 },
        'message Leaf': { 'optional Tree up': 1 },
      }),
    ).not.toThrow();
  });

  it('takes a field called __proto__ as an own property', () => {
    const protos = parseProtos(JSON.parse('{"r":{"optional uInt32 __proto__":1}}'));
    expect(Object.hasOwn(protos['r'] ?? {}, '__proto__')).toBe(true);
    expect(Object.getPrototypeOf(protos['r'])).toBe(Object.prototype);
  });

  it.each([
    ['no object', [], 'the file: should be an object, but is an array'],
    ['a message that is no object', { r: 1 }, 'r: should be an object, but is the number 1'],
    ['an unknown option', { r: { 'requierd uInt32 x': 1 } }, 'r > requierd uInt32 x: requierd is not one of'],
    ['a field of two words', { r: { 'required x': 1 } }, 'a field is "<option> <type> <name>"'],
    ['a field of four words', { r: { 'required uInt32 x y': 1 } }, 'a field is "<option> <type> <name>"'],
    ['two spaces', { r: { 'required  x': 1 } }, 'a field is "<option> <type> <name>"'],
    ['a message of three words', { r: { 'message A B': {} } }, 'a message is declared as "message <Name>"'],
    [
      'a tag used twice',
      { r: { 'required uInt32 x': 1, 'optional uInt32 y': 1 } },
      'tag 1 belongs to x already',
    ],
    ['a name used twice', { r: { 'required uInt32 x': 1, 'optional float x': 2 } }, 'a field x already'],
    ['tag 0', { r: { 'required uInt32 x': 0 } }, 'from 1 to 268435455, not 0'],
    ['a tag that is too large', { r: { 'required uInt32 x': 2 ** 28 } }, 'not 268435456'],
    ['a tag in quotes', { r: { 'required uInt32 x': '1' } }, 'not a string'],
    ['a name of the parsed form', { r: { 'required uInt32 __tags': 1 } }, 'a name of the parsed form'],
    ['an unknown type', { r: { 'required Foo x': 1 } }, 'r > x: there is no type Foo'],
    [
      'a type of an outer message',
      { r: { 'message A': {}, 'message B': { 'optional A a': 1 } } },
      'r > message B > a',
    ],
    ['a type from Object.prototype', { r: { 'required toString x': 1 } }, 'there is no type toString'],
    ['a map of numbers', { r: { 'map uInt32 x': 1 } }, 'a message with the fields key and value'],
    [
      'a map with messages for keys',
      {
        'message E': { 'required K key': 1, 'required string value': 2 },
        'message K': {},
        r: { 'map E x': 1 },
      },
      'a key is a number or a string, not K',
    ],
  ])('refuses %s', (_, json, message) => {
    expect(() => parseProtos(json)).toThrow(expect.objectContaining({ code: 'PROTOBUF_SCHEMA' }));
    expect(() => parseProtos(json)).toThrow(message);
  });

  it('refuses messages nested without end', () => {
    let json: Record<string, unknown> = {};
    for (let i = 0; i < 20_000; i++) json = { 'message A': json };
    expect(() => parseProtos({ r: json })).toThrow('nested deeper than 64');
  });
});
