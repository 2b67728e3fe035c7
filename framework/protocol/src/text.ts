import { allocateBytes, nodeBuffer } from './bytes.js';

/** Turns text into UTF-8 and back. */
export interface TextCodec {
  encode(text: string): Uint8Array;
  decode(bytes: Uint8Array, start: number, end: number): string;
}

/** For browsers and every other place without Node's Buffer. */
export function webTextCodec(): TextCodec {
  const encoder = new TextEncoder();
  // A byte order mark is kept, as Buffer keeps it: both codecs must give the same text for the same bytes.
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const decode = (bytes: Uint8Array, start: number, end: number) =>
    decoder.decode(bytes.subarray(start, end));
  return { encode: (text) => encoder.encode(text), decode: tolerant(decode) };
}

/** For Node: these methods of Buffer work on any Uint8Array and skip the checks of `toString`. */
export function nodeTextCodec(): TextCodec | undefined {
  if (nodeBuffer === undefined) return undefined;
  const { from, prototype } = nodeBuffer;
  const decode = (bytes: Uint8Array, start: number, end: number) =>
    start < end ? prototype.utf8Slice.call(bytes, start, end) : '';
  return { encode: (text) => from(text, 'utf8'), decode: tolerant(decode) };
}

const codec = nodeTextCodec() ?? webTextCodec();

/** UTF-8 bytes of a text; lone surrogates become U+FFFD. */
export const encodeUtf8: (text: string) => Uint8Array = codec.encode;

/**
 * Text of UTF-8 bytes from `start` to `end`. Pomelo's browser clients send each half of a surrogate pair as three bytes
 * of its own (CESU-8); those are joined. Whatever is neither becomes U+FFFD: there is no error and no lone surrogate,
 * so that `encodeURIComponent` and databases take every text that comes from here.
 */
export const decodeUtf8: (bytes: Uint8Array, start: number, end: number) => string = codec.decode;

/** Native decoders replace surrogates in three bytes with U+FFFD, so only a text that has one can need a second look. */
function tolerant(decode: TextCodec['decode']): TextCodec['decode'] {
  return (bytes, start, end) => {
    const text = decode(bytes, start, end);
    if (!text.includes('\ufffd')) return text;
    for (let at = start; at + 5 < end; at++) {
      if (!isSurrogatePair(bytes, at)) continue;
      const standard = withPairsJoined(bytes, start, end);
      return decode(standard, 0, standard.length);
    }
    return text;
  };
}

/** Whether six bytes here are a high and a low surrogate of three bytes each. */
function isSurrogatePair(bytes: Uint8Array, at: number): boolean {
  return (
    bytes[at] === 0xed &&
    (bytes[at + 1] as number) >> 4 === 0xa &&
    (bytes[at + 2] as number) >> 6 === 2 &&
    bytes[at + 3] === 0xed &&
    (bytes[at + 4] as number) >> 4 === 0xb &&
    (bytes[at + 5] as number) >> 6 === 2
  );
}

/** A copy in which each pair is the four bytes of standard UTF-8. */
function withPairsJoined(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const standard = allocateBytes(end - start);
  let length = 0;
  for (let at = start; at < end; ) {
    if (at + 5 < end && isSurrogatePair(bytes, at)) {
      const high = (((bytes[at + 1] as number) & 0x0f) << 6) | ((bytes[at + 2] as number) & 0x3f);
      const low = (((bytes[at + 4] as number) & 0x0f) << 6) | ((bytes[at + 5] as number) & 0x3f);
      const point = 0x10000 + (high << 10) + low;
      standard[length++] = 0xf0 | (point >> 18);
      standard[length++] = 0x80 | ((point >> 12) & 0x3f);
      standard[length++] = 0x80 | ((point >> 6) & 0x3f);
      standard[length++] = 0x80 | (point & 0x3f);
      at += 6;
    } else {
      standard[length++] = bytes[at++] as number;
    }
  }
  return standard.subarray(0, length);
}

/** Bytes that a text takes as UTF-8, without encoding it. */
export function utf8Bytes(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    bytes += unit < 0x800 ? 1 : 2;
    // The four bytes of a pair are two for each half: one less for each than a lone half takes.
    if (unit >= 0xd800 && unit < 0xdc00 && isLowSurrogate(text.charCodeAt(i + 1))) i++;
  }
  return bytes;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000;
}
