import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { decodeBody, encodeBody, encodeJson } from '../src/body-codec.js';
import { ProtobufCodec } from '../src/protobuf/codec.js';
import { parseProtos } from '../src/protobuf/schema.js';
import { ascii, bytesOf, hexOf } from './hex.js';

interface PomeloText {
  strencode(text: string): Uint8Array;
  strdecode(bytes: Uint8Array): string;
}

/** pomelo-protocol as a page loads it: there it makes text and bytes by hand. */
const page = { window: {} as { Protocol?: PomeloText }, Uint8Array, module: {} };
runInNewContext(
  readFileSync(createRequire(import.meta.url).resolve('pomelo-protocol/lib/protocol.js'), 'utf8'),
  page,
);
const browserProtocol = page.window.Protocol!;

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

const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** Texts of every width, as values and as keys. */
const texts = [
  '😂',
  'a😂b',
  '😂😂',
  'é😂中',
  '中文',
  'plain',
  '\ud83d alone',
  'alone \ude02',
  '\u{10ffff}',
  '\u{10000}',
  '"\\😂',
];

describe('JSON for clients', () => {
  it('writes characters beyond U+FFFF as two escapes, and nothing else', () => {
    expect(textOf(encodeBody(undefined, 'r', { m: '😂' }))).toBe('{"m":"\\ud83d\\ude02"}');
    expect(textOf(encodeJson('{"m":"é中"}'))).toBe('{"m":"é中"}');
    expect(textOf(encodeJson('{"m":"\u{10ffff}"}'))).toBe('{"m":"\\udbff\\udfff"}');
  });

  it.each(texts)('is read by every JSON reader: %j', (text) => {
    const bytes = encodeBody(undefined, 'r', { [text]: [text] });
    expect(JSON.parse(textOf(bytes))).toEqual({ [text]: [text] });
    expect(decodeBody(undefined, 'r', bytes, 0, bytes.length)).toEqual({ [text]: [text] });
  });

  it.each(texts)("is read by pomelo's browser client, and its own by us: %j", (text) => {
    const bytes = encodeBody(undefined, 'r', { [text]: text });
    expect(JSON.parse(browserProtocol.strdecode(bytes))).toEqual({ [text]: text });
    const sent = browserProtocol.strencode(JSON.stringify({ [text]: text }));
    expect(decodeBody(undefined, 'r', sent, 0, sent.length)).toEqual({ [text]: text });
  });

  it("turns a lone half, which a page's old engine sends as three bytes, into U+FFFD alone", () => {
    const sent = browserProtocol.strencode('{"m":"a\ud83d","n":1}');
    expect(decodeBody(undefined, 'r', sent, 0, sent.length)).toEqual({ m: 'a\ufffd\ufffd\ufffd', n: 1 });
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
