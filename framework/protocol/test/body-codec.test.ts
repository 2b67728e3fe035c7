import { describe, expect, it } from 'vitest';
import { decodeBody, encodeBody } from '../src/body-codec.js';
import { ProtobufCodec } from '../src/protobuf/codec.js';
import { parseProtos } from '../src/protobuf/schema.js';
import { ascii, bytesOf, hexOf } from './hex.js';

const codec = new ProtobufCodec(parseProtos({ 'a.b.c': { 'required uInt32 x': 1 } }));

describe('encodeBody', () => {
  it('writes protobuf for a route of the protos and JSON for any other', () => {
    expect(hexOf(encodeBody(codec, 'a.b.c', { x: 300 }))).toBe('08ac02');
    expect(encodeBody(codec, 'x.y.z', { x: 300 })).toEqual(encodeBody(undefined, 'a.b.c', { x: 300 }));
    expect(hexOf(encodeBody(undefined, 'a.b.c', { x: 300 }))).toBe(hexOf(ascii('{"x":300}')));
  });

  it('writes {} for no value', () => {
    expect(hexOf(encodeBody(undefined, 'r', undefined))).toBe(hexOf(ascii('{}')));
  });

  it('says which route had a value that JSON has no text for', () => {
    const ring: Record<string, unknown> = {};
    ring['self'] = ring;
    for (const value of [ring, 1n, () => 1, Symbol('s')]) {
      expect(() => encodeBody(undefined, 'a.b.d', value)).toThrow(
        expect.objectContaining({ code: 'BODY_VALUE', facts: expect.objectContaining({ route: 'a.b.d' }) }),
      );
    }
  });
});

describe('decodeBody', () => {
  it('reads protobuf for a route of the protos and JSON for any other', () => {
    expect(decodeBody(codec, 'a.b.c', bytesOf('ff08ac02'), 1, 4)).toEqual({ x: 300 });
    expect(decodeBody(codec, 'x.y.z', ascii('_{"x":1}_'), 1, 8)).toEqual({ x: 1 });
  });

  it('takes an empty body for {}', () => {
    expect(decodeBody(undefined, 'r', bytesOf('7b'), 1, 1)).toEqual({});
    expect(decodeBody(codec, 'a.b.c', bytesOf(''), 0, 0)).toEqual({});
  });

  it('reads the JSON that a browser client wrote with surrogates of three bytes', () => {
    expect(decodeBody(undefined, 'r', bytesOf('22 eda0bd edb880 22'), 0, 8)).toBe('😀');
  });

  it.each(['{', 'undefined', '{"a":}', '\u0000'])('refuses %s instead of taking it for {}', (text) => {
    expect(() => decodeBody(undefined, 'a.b.d', ascii(text), 0, text.length)).toThrow(
      expect.objectContaining({ code: 'BODY_JSON', facts: expect.objectContaining({ route: 'a.b.d' }) }),
    );
  });

  it('leaves prototypes alone', () => {
    const body = decodeBody(undefined, 'r', ascii('{"__proto__":{"admin":true}}'), 0, 28) as {
      admin?: boolean;
    };
    expect(body.admin).toBeUndefined();
  });
});
