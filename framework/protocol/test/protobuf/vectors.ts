/** The schema of the reference's vectors: every type, option and kind of nesting. */
export const sampleProtos = {
  'message Path': { 'required double x': 1, 'required double y': 2 },
  t: {
    'optional uInt32 a': 1,
    'optional int32 b': 2,
    'optional sInt32 c': 3,
    'optional float d': 4,
    'optional double e': 5,
    'optional string f': 6,
    'repeated uInt32 g': 7,
    'repeated string h': 8,
    'repeated Path i': 9,
    'optional Path j': 10,
    'repeated float k': 11,
    'optional uInt32 big': 20,
  },
  onMove: {
    'message P': { 'required uInt32 x': 1, 'required uInt32 y': 2 },
    'required uInt32 entityId': 1,
    'repeated P path': 2,
    'required uInt32 speed': 3,
  },
};

/** [route, value, bytes], as pomelo's server writes them. */
export const vectors: readonly (readonly [string, Record<string, unknown>, string])[] = [
  ['t', { a: 1 }, '0801'],
  ['t', { a: 300 }, '08ac02'],
  ['t', { b: -1 }, '1001'],
  ['t', { b: 1 }, '1002'],
  ['t', { c: -2147483648 }, '18ffffffff0f'],
  ['t', { d: 1.5 }, '250000c03f'],
  ['t', { e: -2.25 }, '2900000000000002c0'],
  ['t', { f: 'hé中😀' }, '320a68c3a9e4b8adf09f9880'],
  ['t', { g: [1, 2, 300] }, '38030102ac02'],
  ['t', { h: ['a', 'bc'] }, '42016142026263'],
  ['t', { i: [{ x: 1, y: 2 }] }, '4a1209000000000000f03f110000000000000040'],
  ['t', { k: [1.5, 2.5] }, '5d020000c03f00002040'],
  ['t', { big: 5 }, 'a00105'],
  ['t', { a: 4294967296 }, '088080808010'],
  ['t', { b: 9007199254740991 }, '10feffffffffffff1f'],
  [
    'onMove',
    {
      entityId: 14,
      path: [
        { x: 128, y: 796 },
        { x: 677, y: 895 },
      ],
      speed: 160,
    },
    '080e1206088001109c06120608a50510ff0618a001',
  ],
];

/** [route, value, bytes], as pomelo's browser client writes them: other wire types, surrogates of three bytes. */
export const browserVectors: readonly (readonly [string, Record<string, unknown>, string])[] = [
  ['t', { a: 1 }, '0a01'],
  ['t', { b: -1 }, '1201'],
  ['t', { g: [1, 2, 300] }, '3a030102ac02'],
  ['t', { f: '😀' }, '3206eda0bdedb880'],
  ['nested', { p: { x: 5 } }, '42020a05'],
];

export const nestedProtos = {
  nested: { 'message P': { 'required uInt32 x': 1 }, 'optional P p': 8 },
};
