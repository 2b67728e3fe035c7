import { expect, it } from 'vitest';
import { varintBytes, writeVarint } from '../src/varint.js';
import { hexOf } from './hex.js';

it.each([
  [0, '00'],
  [127, '7f'],
  [128, '8001'],
  [300, 'ac02'],
  [16383, 'ff7f'],
  [16384, '808001'],
  [2147483647, 'ffffffff07'],
  [2147483648, '8080808008'],
  [4294967296, '8080808010'],
  [Number.MAX_SAFE_INTEGER, 'ffffffffffffff0f'],
])('writes %d as %s', (value, hex) => {
  const target = new Uint8Array(10);
  const end = writeVarint(target, 1, value);
  expect(hexOf(target.subarray(1, end))).toBe(hex);
  expect(varintBytes(value)).toBe(end - 1);
});

it('foretells the length at every power of two', () => {
  for (let bits = 0; bits <= 53; bits++) {
    const value = 2 ** bits - 1;
    expect(varintBytes(value)).toBe(writeVarint(new Uint8Array(10), 0, value));
  }
});
