import { addExtension, Packr } from 'msgpackr';
import { carriedValue, deepest, isOutOfTheOrdinary, isTooDeep } from './carried-value.js';
import type { RpcCodec } from './codec.js';

/**
 * The default codec: msgpackr in plain mode, whose bytes any MessagePack library reads. `undefined` becomes nil,
 * BigInt is a 64-bit integer, Date the standard timestamp extension, and every kind of bytes is bin.
 */
export function msgpackrCodec(): RpcCodec {
  const packr = new Packr({
    useRecords: false,
    variableMapSize: true,
    encodeUndefinedAsNil: true,
    mapsAsObjects: true,
    copyBuffers: true,
    // Missing from msgpackr's types. A 64-bit integer is always a BigInt, as numbers that large are written as floats;
    // toJSON is called by `carriedValue`, for every object alike.
    ...({ int64AsType: 'bigint', useToJSON: false } as object),
  });
  // Asked for each Map, whose keys msgpackr would write as they are.
  Object.defineProperty(packr, 'mapAsEmptyObject', { get: refuse });
  const range = { start: 0, end: 0 };
  return {
    name: 'msgpackr',
    encode: (value) => packOrdinary(packr, value) ?? packCarried(packr, value),
    decode(bytes, start, end) {
      range.start = start;
      range.end = end;
      return packr.unpack(bytes, range);
    },
  };
}

/**
 * msgpackr asks its extensions about every object that is neither plain nor an array nor a Map, and about functions. This
 * one takes what msgpackr would write wrongly (elements of typed arrays cut to bytes, with memory of its own behind them)
 * and ends the writing there: values of ordinary kinds cost nothing. It is registered for the whole process, which
 * msgpackr gives no way around, so it acts only while one of these codecs writes.
 */
const extension = {
  writing: 0,
  [Symbol.hasInstance]: (value: object): boolean => extension.writing > 0 && isOutOfTheOrdinary(value),
};

const outOfTheOrdinary = new Error('a value of another kind');

function refuse(): never {
  throw outOfTheOrdinary;
}

addExtension({ Class: extension as unknown as typeof Object, write: refuse });

/** Undefined when a part of the value is of a kind that msgpackr would write wrongly, or refuses. */
function packOrdinary(packr: Packr, value: unknown): Buffer | undefined {
  let bytes: Buffer;
  extension.writing++; // counted: a getter may call another server
  try {
    bytes = packr.pack(value);
  } catch {
    extension.writing--;
    return undefined;
  }
  extension.writing--;
  // Every level has a byte of its own.
  return bytes.length > deepest && isTooDeep(value) ? undefined : bytes;
}

/** @throws TypeError that names the place of what cannot travel */
function packCarried(packr: Packr, value: unknown): Buffer {
  extension.writing++;
  try {
    return packr.pack(carriedValue(value));
  } finally {
    extension.writing--;
  }
}
