import { describe, expect, it } from 'vitest';
import { ProtobufCodec } from '../../src/protobuf/codec.js';
import { type ParsedProtos, parseProtos } from '../../src/protobuf/schema.js';
import { bytesOf, hexOf } from '../hex.js';
import { browserVectors, nestedProtos, sampleProtos, vectors } from './vectors.js';

const codec = new ProtobufCodec(parseProtos({ ...sampleProtos, ...nestedProtos }));
const strict = new ProtobufCodec(parseProtos({ ...sampleProtos, ...nestedProtos }), { strict: true });
const pinus = new ProtobufCodec(
  parseProtos({
    'message Entry': { 'required string key': 1, 'required uInt32 value': 2 },
    'message ById': { 'required uInt32 key': 1, 'required Item value': 2 },
    'message Item': { 'required string name': 1 },
    r: {
      'optional bool on': 1,
      'repeated bool flags': 2,
      'optional uInt64 u': 3,
      'optional sInt64 s': 4,
      'map ById items': 5,
      'obj Entry counts': 6,
    },
  }),
);

function decode(of: ProtobufCodec, route: string, hex: string): unknown {
  const bytes = bytesOf(hex);
  return of.decode(route, bytes, 0, bytes.length);
}

describe('encode', () => {
  it.each(vectors)('writes %s %o as pomelo does', (route, value, hex) => {
    expect(hexOf(codec.encode(route, value))).toBe(hex);
  });

  it('writes fields in the order of the value’s properties', () => {
    expect(hexOf(codec.encode('t', { b: 1, a: 1 }))).toBe('10020801');
    expect(hexOf(codec.encode('t', { a: 1, b: 1 }))).toBe('08011002');
  });

  it('writes nothing for a value without known fields', () => {
    expect(codec.encode('t', {})).toHaveLength(0);
    expect(codec.encode('t', { unknown: 1, g: [], a: undefined, f: null })).toHaveLength(0);
  });

  it('writes own properties only', () => {
    expect(codec.encode('t', Object.create({ a: 1 }))).toHaveLength(0);
    expect(() => codec.encode('nested', { p: Object.create({ x: 1 }) })).toThrow('p.x is required');
  });

  it('cuts fractions off and takes digits in strings, as pomelo does', () => {
    expect(hexOf(codec.encode('t', { a: 1.9 }))).toBe('0801');
    expect(hexOf(codec.encode('t', { a: '12', b: '-1', e: '-2.25' }))).toBe('080c10012900000000000002c0');
    expect(hexOf(codec.encode('t', { a: 300n }))).toBe('08ac02');
  });

  it('moves a nested message whose length needs more than one byte', () => {
    const path = Array.from({ length: 40 }, (_, i) => ({ x: i, y: i }));
    const value = { entityId: 1, path, speed: 1 };
    const bytes = codec.encode('onMove', value);
    expect(codec.decode('onMove', bytes, 0, bytes.length)).toEqual(value);
  });

  it('takes typed arrays for repeated numbers', () => {
    expect(hexOf(codec.encode('t', { k: Float32Array.of(1.5, 2.5) }))).toBe('5d020000c03f00002040');
  });

  it('keeps its results apart', () => {
    const first = codec.encode('t', { a: 1 });
    codec.encode('t', { a: 2 });
    expect(hexOf(first)).toBe('0801');
  });

  it('is not disturbed by a getter that encodes', () => {
    const value = {
      a: 1,
      get b() {
        codec.encode('t', { f: 'something else' });
        return 1;
      },
    };
    expect(hexOf(codec.encode('t', value))).toBe('08011002');
  });

  it('grows for a large value and goes on after it', () => {
    const text = '中'.repeat(100_000);
    const bytes = codec.encode('t', { f: text });
    expect(codec.decode('t', bytes, 0, bytes.length)).toEqual({ f: text });
    expect(hexOf(codec.encode('t', { a: 1 }))).toBe('0801');
  });

  it.each([
    ['a missing field', 'onMove', { entityId: 1 }, 'PROTOBUF_REQUIRED', 'speed'],
    ['a field that is null', 'onMove', { entityId: 1, speed: null }, 'PROTOBUF_REQUIRED', 'speed'],
    ['a missing field of an element', 't', { i: [{ x: 1, y: 1 }, { x: 1 }] }, 'PROTOBUF_REQUIRED', 'i[1].y'],
    ['a negative unsigned number', 't', { a: -1 }, 'PROTOBUF_VALUE', 'a'],
    ['a number that is none', 't', { a: 'x' }, 'PROTOBUF_VALUE', 'a'],
    ['NaN', 't', { b: Number.NaN }, 'PROTOBUF_VALUE', 'b'],
    ['infinity', 't', { a: Number.POSITIVE_INFINITY }, 'PROTOBUF_VALUE', 'a'],
    ['an unsafe number', 't', { a: 2 ** 53 }, 'PROTOBUF_VALUE', 'a'],
    ['a string that is none', 't', { h: ['a', 1] }, 'PROTOBUF_VALUE', 'h[1]'],
    ['a list that is none', 't', { g: 'abc' }, 'PROTOBUF_VALUE', 'g'],
    ['an element that is undefined', 't', { g: [undefined] }, 'PROTOBUF_VALUE', 'g[0]'],
    ['a message that is none', 't', { j: 5 }, 'PROTOBUF_VALUE', 'j'],
    ['a list for a message', 't', { j: [] }, 'PROTOBUF_VALUE', 'j'],
    ['no object at all', 't', null, 'PROTOBUF_VALUE', ''],
  ])('refuses %s and says where', (_, route, value, code, path) => {
    expect(() => codec.encode(route, value)).toThrow(
      expect.objectContaining({ code, facts: expect.objectContaining({ route, path }) }),
    );
  });

  it('refuses a value that contains itself', () => {
    const tree = new ProtobufCodec(
      parseProtos({ 'message T': { 'optional T t': 1 }, r: { 'optional T t': 1 } }),
    );
    const ring: { t?: unknown } = {};
    ring.t = ring;
    expect(() => tree.encode('r', ring)).toThrow(expect.objectContaining({ code: 'PROTOBUF_DEPTH' }));
  });
});

describe('decode', () => {
  it.each([...vectors, ...browserVectors])('reads %s %o', (route, value, hex) => {
    expect(decode(codec, route, hex)).toEqual(value);
  });

  it('reads between start and end only', () => {
    expect(codec.decode('t', bytesOf('ff0801ff'), 1, 3)).toEqual({ a: 1 });
    expect(codec.decode('t', bytesOf('ff29000000000000f03fff'), 1, 10)).toEqual({ e: 1 });
  });

  it('leaves absent fields absent, required ones too', () => {
    expect(decode(codec, 'onMove', '')).toEqual({});
  });

  it.each([
    ['a body without any', 'onMove', '', 'entityId'],
    ['a field', 'onMove', '0801', 'speed'],
    ['a field of a message', 'nested', '4200', 'p.x'],
    [
      'a field of an element',
      't',
      '4a1209000000000000f03f110000000000000040 4a0909000000000000f03f',
      'i[1].y',
    ],
  ])('refuses a required field that is absent, when strict: %s', (_, route, hex, path) => {
    expect(() => decode(strict, route, hex)).toThrow(
      expect.objectContaining({ code: 'PROTOBUF_REQUIRED', facts: { route, path } }),
    );
    expect(() => decode(codec, route, hex)).not.toThrow();
  });

  it.each([...vectors, ...browserVectors])('reads %s %o, when strict too', (route, value, hex) => {
    expect(decode(strict, route, hex)).toEqual(value);
  });

  it('takes the last of a field that comes twice, and all elements of a list', () => {
    expect(decode(codec, 't', '08010802')).toEqual({ a: 2 });
    expect(decode(codec, 't', '380101380102')).toEqual({ g: [1, 2] });
  });

  it('sets fields called __proto__ and constructor as own properties', () => {
    const odd = new ProtobufCodec(
      parseProtos(
        JSON.parse(
          '{"message P":{"optional uInt32 admin":1},"r":{"optional P __proto__":1,"optional uInt32 constructor":2}}',
        ),
      ),
    );
    const value = decode(odd, 'r', '0a0208011005') as Record<string, unknown>;
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(value['admin']).toBeUndefined();
    expect(Object.keys(value)).toEqual(['__proto__', 'constructor']);
    expect(hexOf(odd.encode('r', value))).toBe('0a0208011005');
  });

  it.each([
    ['an unknown tag', 't', '7801', 'PROTOBUF_TAG'],
    ['tag 0', 't', '00', 'PROTOBUF_TAG'],
    ['a number cut short', 't', '0880', 'PROTOBUF_TRUNCATED'],
    ['a tag without a value', 't', '08', 'PROTOBUF_TRUNCATED'],
    ['a float cut short', 't', '250000', 'PROTOBUF_TRUNCATED'],
    ['a double cut short', 't', '29000000000000', 'PROTOBUF_TRUNCATED'],
    ['a string cut short', 't', '320a68', 'PROTOBUF_TRUNCATED'],
    ['a message cut short', 't', '520508', 'PROTOBUF_TRUNCATED'],
    ['a field that reaches beyond its message', 't', '5203 09000000000000f03f', 'PROTOBUF_TRUNCATED'],
    ['2^53', 't', '08 8080808080808010', 'PROTOBUF_VARINT'],
    ['a number of ten bytes', 't', `08 ${'ff'.repeat(9)}01`, 'PROTOBUF_VARINT'],
    ['a number without end', 't', `08 ${'80'.repeat(100)}`, 'PROTOBUF_VARINT'],
    ['a count that the bytes do not bear out', 't', '38ffffff7f01', 'PROTOBUF_COUNT'],
    ['a count of floats that the bytes do not bear out', 't', '5d0200000000000000', 'PROTOBUF_COUNT'],
  ])('refuses %s', (_, route, hex, code) => {
    expect(() => decode(codec, route, hex)).toThrow(expect.objectContaining({ name: 'ProtocolError', code }));
  });

  it('reads zigzag numbers exactly up to both ends of the safe integers, where pomelo rounds', () => {
    for (const b of [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, -(2 ** 52) - 1, -64, -65, 63, 64]) {
      const bytes = codec.encode('t', { b });
      expect(codec.decode('t', bytes, 0, bytes.length)).toEqual({ b });
    }
    expect(() => decode(codec, 't', '10 ffffffffffffff1f')).toThrow(/2\^53/);
  });

  it('refuses nesting without end', () => {
    const tree = new ProtobufCodec(
      parseProtos({ 'message T': { 'optional T t': 1 }, r: { 'optional T t': 1 } }),
    );
    const deepest = nest(63);
    expect(() => tree.decode('r', deepest, 0, deepest.length)).not.toThrow();
    const deep = nest(200);
    expect(() => tree.decode('r', deep, 0, deep.length)).toThrow(
      expect.objectContaining({ code: 'PROTOBUF_DEPTH' }),
    );
  });
});

/** `depth` messages in each other, each the field with tag 1. */
function nest(depth: number): Uint8Array {
  let bytes: number[] = [];
  for (let i = 0; i < depth; i++) {
    const length = bytes.length < 128 ? [bytes.length] : [(bytes.length & 0x7f) | 0x80, bytes.length >> 7];
    bytes = [0x0a, ...length, ...bytes];
  }
  return Uint8Array.from(bytes);
}

describe('the types and options of pinus', () => {
  it.each([
    [{ on: true }, '0801'],
    [{ on: false }, '0800'],
    [{ flags: [true, false] }, '10020100'],
    [{ u: 4294967296 }, '188080808010'],
    [{ s: -1 }, '2001'],
    [{ items: new Map([[7, { name: 'a' }]]) }, '2a0107030a0161'],
    [{ items: new Map() }, '2a00'],
    [{ counts: { a: 1, b: 2 } }, '3202016101016202'],
  ])('writes and reads %o', (value, hex) => {
    expect(hexOf(pinus.encode('r', value))).toBe(hex);
    expect(decode(pinus, 'r', hex)).toEqual(value);
  });

  it('leaves an empty obj out', () => {
    expect(pinus.encode('r', { counts: {} })).toHaveLength(0);
  });

  it('reads a key called __proto__ as an own property', () => {
    const hex = `3201 09${hexOf(new TextEncoder().encode('__proto__'))} 05`;
    const { counts } = decode(pinus, 'r', hex) as { counts: object };
    expect(Object.keys(counts)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(counts)).toBe(Object.prototype);
  });

  it.each([
    [{ items: {} }, 'items'],
    [{ items: new Map([[7, {}]]) }, 'items[7].name'],
    [{ counts: { a: 'x' } }, 'counts["a"]'],
    [{ counts: [1] }, 'counts'],
    [{ on: 'yes' }, 'on'],
  ])('refuses %o and says where', (value, path) => {
    expect(() => pinus.encode('r', value)).toThrow(
      expect.objectContaining({ facts: expect.objectContaining({ path }) }),
    );
  });

  it('refuses a count of pairs that the bytes do not bear out', () => {
    expect(() => decode(pinus, 'r', '32ff0f0161')).toThrow(
      expect.objectContaining({ code: 'PROTOBUF_COUNT' }),
    );
  });
});

describe('a codec', () => {
  it('has the routes of its protos, and neither global messages nor names of Object.prototype', () => {
    expect(codec.has('onMove')).toBe(true);
    for (const route of ['message Path', 'toString', '__proto__', 'x.y.z']) {
      expect(codec.has(route)).toBe(false);
      expect(() => codec.encode(route, {})).toThrow(expect.objectContaining({ code: 'PROTOBUF_ROUTE' }));
    }
  });

  it('becomes the parsed form in JSON', () => {
    const protos = parseProtos(sampleProtos);
    expect(JSON.stringify(new ProtobufCodec(protos))).toBe(JSON.stringify(protos));
  });

  it('of a sloppy server fails only for the message that is at fault, every time', () => {
    const sloppy = {
      bad: { x: { option: 'required', type: 'Foo', tag: 1 }, __messages: {}, __tags: { '1': 'x' } },
      good: { x: { option: 'required', type: 'uInt32', tag: 1 }, __messages: {}, __tags: { '1': 'x' } },
    } as unknown as ParsedProtos;
    const lenient = new ProtobufCodec(sloppy);
    expect(hexOf(lenient.encode('good', { x: 1 }))).toBe('0801');
    for (let i = 0; i < 2; i++) expect(() => lenient.encode('bad', { x: 1 })).toThrow('there is no type Foo');
  });

  it('of a server that sends no parsed form at all refuses with a ProtocolError', () => {
    const odd = {
      a: null,
      b: { x: null, __messages: {} },
      c: { x: { option: 'optional', type: 'T', tag: 1 } },
      d: 5,
    };
    const lenient = new ProtobufCodec(odd as unknown as ParsedProtos);
    for (const route of ['a', 'b', 'c']) {
      expect(() => lenient.decode(route, bytesOf('0801'), 0, 2)).toThrow(
        expect.objectContaining({ name: 'ProtocolError' }),
      );
    }
  });
});
