import { describe, expect, it } from 'vitest';
import { decodeUtf8, encodeUtf8, nodeTextCodec, utf8Bytes, webTextCodec } from '../src/text.js';
import { bytesOf, hexOf } from './hex.js';

const node = nodeTextCodec();
if (node === undefined) throw new Error('these tests run on Node');

const texts = [
  '',
  'plain',
  'hé中😀',
  '\ufeffmark first',
  'x'.repeat(5000),
  'é'.repeat(5000),
  '\u0000',
  '\ufffd',
];

describe.each([
  ['Node', node],
  ['browsers', webTextCodec()],
  ['this place', { encode: encodeUtf8, decode: decodeUtf8 }],
])('the text codec for %s', (_, codec) => {
  it.each(texts)('gives back a text (%#)', (text) => {
    const bytes = codec.encode(text);
    expect(codec.decode(bytes, 0, bytes.length)).toBe(text);
    expect(utf8Bytes(text)).toBe(bytes.length);
  });

  it('decodes only from start to end, of a Uint8Array too that is no Buffer', () => {
    const bytes = new Uint8Array([0x20, ...codec.encode('中')]);
    expect(codec.decode(bytes, 1, 4)).toBe('中');
    expect(codec.decode(bytes, 2, 2)).toBe('');
  });

  it('joins surrogates of three bytes each, which pomelo clients send from browsers', () => {
    const bytes = bytesOf('61 eda0bd edb880 e4b8ad f09f9880 eda0bd edb880');
    expect(codec.decode(bytes, 0, bytes.length)).toBe('a😀中😀😀');
  });

  it.each(['eda0bd', 'edb880 eda0bd', 'eda0bd eda0bd', 'eda0bd 61 edb880', 'c3', 'ff', 'f0908080 c080'])(
    'turns %s into text without lone surrogates',
    (hex) => {
      const bytes = bytesOf(hex);
      const text = codec.decode(bytes, 0, bytes.length);
      expect(() => encodeURIComponent(text)).not.toThrow();
      expect(text).toContain('\ufffd');
    },
  );

  it('replaces a lone surrogate on encoding', () => {
    expect(hexOf(codec.encode('a\ud83d'))).toBe('61efbfbd');
    expect(utf8Bytes('a\ud83d')).toBe(4);
    expect(utf8Bytes('\ude00\ud83d😀')).toBe(10);
  });
});
