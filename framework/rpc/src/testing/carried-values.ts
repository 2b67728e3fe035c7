import { runInNewContext } from 'node:vm';

/** One value, and what it is on the other side. */
export interface CarriedCase {
  readonly what: string;
  make(): unknown;
  readonly arrives: unknown;
}

const same = (what: string, value: unknown): CarriedCase => ({ what, make: () => value, arrives: value });
const becomes = (what: string, make: () => unknown, arrives: unknown): CarriedCase => ({
  what,
  make,
  arrives,
});
const bytes = (what: string, make: () => unknown, ...arrives: number[]): CarriedCase =>
  becomes(what, make, Buffer.from(arrives));

class Player {
  #secret = 1;
  readonly weapon = new Uint16Array([258]);

  constructor(readonly name: string) {}

  get score(): number {
    return this.#secret;
  }

  greet(): string {
    return this.name;
  }
}

class Money {
  constructor(readonly cents: number) {}

  toJSON(): string {
    return `${this.cents} cents`;
  }
}

class Moment extends Date {}

class Named {
  readonly a = Uint16Array.of(1);
  readonly b = 1;

  get [Symbol.toStringTag](): string {
    return 'Named';
  }
}

class NamedOnly {
  readonly a = 1;

  get [Symbol.toStringTag](): string {
    return 'NamedOnly';
  }
}

/** An error of a class as it was written before there were classes. */
function OldError(this: Error, message: string): void {
  this.message = message;
}
OldError.prototype = Object.create(Error.prototype);

/** An array in an array, and so on. */
const nested = (levels: number): unknown => (levels === 0 ? [] : [nested(levels - 1)]);
const nestedFields = (levels: number): unknown => (levels === 0 ? {} : { a: nestedFields(levels - 1) });

function circle(): object {
  const self: Record<string, unknown> = {};
  self['self'] = self;
  return self;
}

function circleOfMaps(): object {
  const self = new Map<string, unknown>();
  self.set('self', self);
  return self;
}

/** A timer, which many objects of a game hold by mistake; its list is a circle. */
function timer(): object {
  return setTimeout(() => {}, 2 ** 30).unref();
}

/** Ten bytes, of which views take a part. */
const backing = () => Uint8Array.from([9, 9, 1, 2, 3, 4, 5, 6, 7, 8]).buffer;

/** Sixteen bytes of a buffer that others share, as small Buffers of Node lie in its pool. */
const pooled = () => Buffer.from('the text of somebody else, and 0123456789abcdef').subarray(-16);

const viewCases: readonly CarriedCase[] = [
  bytes('a Buffer', () => Buffer.from([0, 1, 255]), 0, 1, 255),
  bytes('a part of a pooled Buffer', pooled, ...Buffer.from('0123456789abcdef')),
  bytes('an empty Buffer', () => Buffer.alloc(0)),
  bytes('Uint8Array', () => Uint8Array.of(1, 255), 1, 255),
  bytes('a subarray', () => new Uint8Array(backing()).subarray(2, 4), 1, 2),
  bytes('Uint8ClampedArray', () => Uint8ClampedArray.of(300, 7), 255, 7),
  bytes('Int8Array', () => Int8Array.of(-1, 2), 255, 2),
  bytes('Uint16Array', () => Uint16Array.of(0x0102, 0xfffe), 2, 1, 0xfe, 0xff),
  bytes('a Uint16Array inside a buffer', () => new Uint16Array(backing(), 2, 2), 1, 2, 3, 4),
  bytes('Int16Array', () => Int16Array.of(-2), 0xfe, 0xff),
  bytes('Uint32Array', () => Uint32Array.of(0x01020304), 4, 3, 2, 1),
  bytes('Int32Array', () => Int32Array.of(-2), 0xfe, 255, 255, 255),
  bytes('Float32Array', () => Float32Array.of(1.5), 0, 0, 0xc0, 0x3f),
  bytes('Float64Array', () => Float64Array.of(1.5), 0, 0, 0, 0, 0, 0, 0xf8, 0x3f),
  bytes('BigInt64Array', () => BigInt64Array.of(-2n), 0xfe, 255, 255, 255, 255, 255, 255, 255),
  bytes('BigUint64Array', () => BigUint64Array.of(1n), 1, 0, 0, 0, 0, 0, 0, 0),
  bytes('DataView', () => new DataView(backing(), 2, 3), 1, 2, 3),
  bytes('ArrayBuffer', backing, 9, 9, 1, 2, 3, 4, 5, 6, 7, 8),
  bytes('SharedArrayBuffer', () => new Uint8Array(new SharedArrayBuffer(2)).fill(7).buffer, 7, 7),
  bytes('an empty typed array', () => new Float64Array(0)),
  becomes('255 bytes', () => new Uint8Array(255).fill(5), Buffer.alloc(255, 5)),
  becomes('70,000 bytes of a DataView', () => new DataView(new ArrayBuffer(70_000)), Buffer.alloc(70_000)),
];

const objectCases: readonly CarriedCase[] = [
  becomes('an object with its own toJSON', () => ({ a: 1, toJSON: () => ({ b: 2 }) }), { b: 2 }),
  becomes('toJSON of a class', () => new Money(5), '5 cents'),
  becomes(
    'a toJSON that gives its object',
    () => ({
      a: 1,
      get toJSON() {
        return undefined;
      },
    }),
    { a: 1, toJSON: null },
  ),
  becomes('a toJSON that gives undefined', () => [{ toJSON: () => undefined }], [null]),
  becomes('a toJSON that gives bytes', () => ({ toJSON: () => Uint16Array.of(1) }), Buffer.from([1, 0])),
  becomes('a toJSON that asks for its key', () => ({ at: { toJSON: (key: string) => key } }), { at: 'at' }),
  becomes('URL', () => new URL('http://a.example/b'), 'http://a.example/b'),
  becomes('fields of a class', () => new Player('ann'), { weapon: Buffer.from([2, 1]), name: 'ann' }),
  becomes('an object without prototype', () => Object.assign(Object.create(null), { a: 1 }), { a: 1 }),
  becomes(
    'a getter',
    () => ({
      get a() {
        return Uint8Array.of(1);
      },
    }),
    { a: Buffer.from([1]) },
  ),
  becomes('a field named constructor', () => ({ constructor: { name: 'Date' } }), {
    constructor: { name: 'Date' },
  }),
  becomes('keys that are symbols', () => ({ [Symbol('s')]: 1, a: 2 }), { a: 2 }),
  becomes(
    'a Map',
    () =>
      new Map<unknown, unknown>([
        ['a', Uint16Array.of(1)],
        [7, new Set([1])],
      ]),
    { a: Buffer.from([1, 0]), 7: [1] },
  ),
  becomes('a Set', () => new Set(['a', new Map([['b', 1]])]), ['a', { b: 1 }]),
  becomes('an Error', () => Object.assign(new TypeError('bad'), { code: 'E' }), {
    name: 'TypeError',
    message: 'bad',
    code: 'E',
  }),
  becomes('an Error without a class', () => new (OldError as unknown as new (_: string) => Error)('bad'), {
    name: 'Error',
    message: 'bad',
  }),
  becomes('an Error of another realm', () => runInNewContext('new TypeError("bad")'), {
    name: 'TypeError',
    message: 'bad',
  }),
  becomes(
    'values of another realm',
    () => runInNewContext('({ a: [new Map([["k", new Uint16Array([1])]])] })'),
    {
      a: [{ k: Buffer.from([1, 0]) }],
    },
  ),
  becomes('fields of a class with a tag', () => [new Named(), new NamedOnly()], [
    { a: Buffer.from([1, 0]), b: 1 },
    { a: 1 },
  ]),
  becomes('an array with its own toJSON', () => Object.assign([1], { toJSON: () => 'x' }), [1]),
  becomes('a Date with its own toJSON', () => Object.assign(new Date(5), { toJSON: () => 'x' }), new Date(5)),
  becomes('what has the constructor of plain objects', () => Math, {}),
  becomes('a key __proto__', () => JSON.parse('{"__proto__":{"x":1},"a":2}'), { __proto_: { x: 1 }, a: 2 }),
  becomes('a key __proto__ with a number', () => [JSON.parse('{"__proto__":1}'), Uint16Array.of(1)], [
    { __proto_: 1 },
    Buffer.from([1, 0]),
  ]),
  becomes('a key __proto__ of a Map', () => new Map([['__proto__', 1]]), { __proto_: 1 }),
  becomes('nesting of 500', () => nested(500), nested(500)),
  becomes('boxed values', () => [Object(1), Object('a'), Object(true)], [1, 'a', true]),
  becomes('a sparse array', () => Object.assign([], { 0: 1, 2: 3 }), [1, null, 3]),
  becomes('an undefined field', () => ({ a: undefined }), { a: null }),
  becomes('bytes deep inside', () => ({ a: [{ b: [Uint16Array.of(1)] }] }), {
    a: [{ b: [Buffer.from([1, 0])] }],
  }),
];

const scalarCases: readonly CarriedCase[] = [
  same('NaN and infinities', [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]),
  becomes('-0', () => -0, 0),
  same('whole numbers beyond 32 bits', [2 ** 40, -(2 ** 40), Number.MAX_SAFE_INTEGER, 1e300]),
  same('BigInts', [0n, 5n, -5n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 64n - 1n]),
  same(
    'dates',
    [0, 1, 999, 1_700_000_000_000, 1_700_000_000_123, 2 ** 43, -1, -1500, 8.64e15].map((ms) => new Date(ms)),
  ),
  becomes('a class of dates', () => new Moment(5), new Date(5)),
];

/** What each kind of value is on the other side, whatever codec writes and reads it. */
export const carriedCases: readonly CarriedCase[] = [...viewCases, ...objectCases, ...scalarCases];

/** What no codec takes, with what is said of it. */
export const refusedCases: readonly (readonly [what: string, value: unknown, reason: RegExp])[] = [
  ['a function', () => 1, /function/],
  ['a method of an object', [{ hit: { on() {} } }], /\[0\]\.hit\.on is a function/],
  ['a class', Player, /function/],
  ['a symbol', [Symbol('x')], /symbol/i],
  ['a RegExp', { pattern: /a/ }, /^TypeError: pattern is a RegExp/],
  ['a Promise', [Promise.resolve(1)], /\[0\] is a Promise/],
  ['a WeakMap', new WeakMap(), /WeakMap/],
  ['a Blob', [new Blob(['a'])], /Blob/],
  ['a BigInt of more than 64 bits', 2n ** 64n, /64/],
  ['a larger BigInt inside', { score: 2n ** 64n }, /^TypeError: score is a BigInt/],
  ['a symbol inside', { kind: [Symbol('x')] }, /^TypeError: kind\[0\] is a symbol/],
  ['a Map with objects as keys, beside a Set', [new Set(), new Map([[{}, 1]])], /Map with a key/],
  ['a Map with objects as keys', { seen: new Map([[{ x: 1 }, 1]]) }, /^TypeError: seen is a Map with a key/],
  ['a Map with dates as keys', { at: new Map([[new Date(0), 1]]) }, /^TypeError: at is a Map with a key/],
  ['a Map with arrays as keys', { at: new Map([[[1], 1]]) }, /^TypeError: at is a Map with a key/],
  ['a Map with null as a key', { at: new Map([[null, 1]]) }, /^TypeError: at is a Map with a key/],
  ['a Map with undefined as a key', [new Map([[undefined, 1]])], /^TypeError: \[0\] is a Map with a key/],
  ['a Map with symbols as keys', [new Map([[Symbol('x'), 1]])], /^TypeError: \[0\] is a Map with a key/],
  ['a circle', { of: circle() }, /^TypeError: of\.self\.self.*… is nested deeper than 512, or in a circle/],
  ['a circle of Maps', circleOfMaps(), /^TypeError: \["self"\].* is nested deeper/],
  ['a timer', { unit: { timer: timer() } }, /^TypeError: unit\.timer\._.* is (nested deeper|a function)/],
  ['arrays nested deeper than 512', nested(513), /^TypeError: \[0\]\[0\].* is nested deeper/],
  [
    'objects nested deeper than 512',
    { a: [1, nestedFields(513)] },
    /^TypeError: a\[1\]\.a.* is nested deeper/,
  ],
];
