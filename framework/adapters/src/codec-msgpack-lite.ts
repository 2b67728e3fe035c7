import { types } from 'node:util';
import { carriedValue, type RpcCodec } from '@pomelo-ts/rpc';
import msgpack from 'msgpack-lite';

/** Deepest nesting accepted: msgpack-lite itself has no bound but the stack. */
const maxDepth = 512;

/** The standard's type of timestamps, -1 as a byte. */
const timestampType = 0xff;

/** What a codec of msgpack-lite is besides what its types tell. */
interface OpenCodec extends msgpack.Codec {
  encode(encoder: unknown, value: unknown): void;
  decode(decoder: unknown): unknown;
  getExtPacker(value: object): ((value: object) => unknown) | undefined;
}

/**
 * RPC codec over msgpack-lite 0.1.26, for clusters that keep it. Slower than the default, same bytes on the wire.
 * What msgpack-lite lets pass is refused here: bytes after the value, and nesting without end.
 */
export function msgpackLiteCodec(): RpcCodec {
  const options = { codec: openCodec() };
  return {
    name: 'msgpack-lite',
    encode: (value) => msgpack.encode(carriedValue(value), options),
    decode(bytes, start, end) {
      const decoder = msgpack.Decoder(options);
      decoder.write(bytes.subarray(start, end));
      const value: unknown = decoder.fetch();
      if (hasMore(decoder)) throw new RangeError('bytes follow the value');
      return plain(value, 0);
    },
  };
}

export default msgpackLiteCodec;

/** Its own codec, with the standard's timestamps, and BigInts for integers of 64 bits. */
function openCodec(): OpenCodec {
  const codec = msgpack.createCodec({ preset: true, int64: true, usemap: true }) as OpenCodec;
  codec.addExtPacker(timestampType, Date, timestamp);
  codec.addExtUnpacker(timestampType, dateOf);
  const packDate = codec.getExtPacker(new Date(0));
  // It goes by the name of a class, which an object's own field `constructor` may give as well.
  codec.getExtPacker = (value) => (types.isDate(value) ? packDate : undefined);
  const { encode, decode } = codec;
  const integerOf = (value: bigint): object => {
    const decoder = msgpack.Decoder({ codec });
    decoder.write(integerBytes(value));
    return decode(decoder) as object;
  };
  // msgpack-lite exports no constructors of its integers.
  const signed = integerOf(0n).constructor as new () => object;
  const unsigned = integerOf(2n ** 63n).constructor as new () => object;
  codec.encode = (encoder, value) => encode(encoder, typeof value === 'bigint' ? integerOf(value) : value);
  codec.decode = (decoder) => {
    const value = decode(decoder);
    return value instanceof signed || value instanceof unsigned ? BigInt(value.toString()) : value;
  };
  return codec;
}

function integerBytes(value: bigint): Buffer {
  const bytes = Buffer.allocUnsafe(9);
  const signed = BigInt.asIntN(64, value) === value;
  bytes[0] = signed ? 0xd3 : 0xcf;
  bytes.writeBigUInt64BE(BigInt.asUintN(64, value), 1);
  return bytes;
}

/** MessagePack's timestamp: nanoseconds and seconds, in 12 bytes when the date is before 1970 or late. */
function timestamp(date: Date): Buffer {
  const ms = date.getTime();
  // As msgpackr has it.
  if (Number.isNaN(ms)) return Buffer.from([timestampType]);
  const seconds = Math.floor(ms / 1000);
  const nanoseconds = (ms - seconds * 1000) * 1e6;
  if (seconds >= 0 && seconds < 2 ** 34) {
    const bytes = Buffer.allocUnsafe(8);
    bytes.writeBigUInt64BE((BigInt(nanoseconds) << 34n) | BigInt(seconds));
    return bytes;
  }
  const bytes = Buffer.allocUnsafe(12);
  bytes.writeUInt32BE(nanoseconds, 0);
  bytes.writeBigInt64BE(BigInt(seconds), 4);
  return bytes;
}

function dateOf(data: Uint8Array): Date {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  if (bytes.length === 4) return new Date(bytes.readUInt32BE(0) * 1000);
  if (bytes.length === 8) {
    const whole = bytes.readBigUInt64BE(0);
    return new Date(Number(whole & 0x3ffffffffn) * 1000 + Number(whole >> 34n) / 1e6);
  }
  if (bytes.length !== 12) return new Date(Number.NaN);
  return new Date(Number(bytes.readBigInt64BE(4)) * 1000 + bytes.readUInt32BE(0) / 1e6);
}

function hasMore(decoder: object): boolean {
  const { offset, buffer } = decoder as { offset: number; buffer?: { length: number } };
  return buffer !== undefined && offset < buffer.length;
}

/** What was read, with objects for the Maps that maps are read as: its decoder would assign `__proto__` to an object. */
function plain(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return value;
  if (depth > maxDepth) throw new RangeError(`nested deeper than ${maxDepth}`);
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) value[i] = plain(value[i], depth + 1);
    return value;
  }
  if (!(value instanceof Map)) return value;
  const object: Record<string, unknown> = {};
  for (const [key, item] of value) {
    if (typeof key === 'object' && key !== null) throw new TypeError('a key that is no text');
    // The name that msgpackr gives it.
    object[key === '__proto__' ? '__proto_' : String(key)] = plain(item, depth + 1);
  }
  return object;
}
