import { Packr } from 'msgpackr';
import { carriedValue } from './carried-value.js';
import type { RpcCodec } from './codec.js';
import { MessageWriter } from './message-writer.js';

/**
 * The default codec: plain MessagePack, whose bytes any library reads. `undefined` becomes nil, BigInt is a 64-bit integer, Date the
 * standard timestamp extension, and every kind of bytes is bin. msgpackr reads it; values of ordinary kinds are written here, in the one
 * walk that also counts their levels and finds what is of another kind.
 */
export function msgpackrCodec(): RpcCodec {
  const packr = new Packr({
    useRecords: false,
    mapsAsObjects: true,
    copyBuffers: true,
    // Missing from msgpackr's types. A 64-bit integer is always a BigInt, as numbers that large are written as floats.
    ...({ int64AsType: 'bigint' } as object),
  });
  const writer = new MessageWriter((value) => packr.pack(value));
  const range = { start: 0, end: 0 };
  return {
    name: 'msgpackr',
    encode: (value) => writer.write(value) ?? writeCarried(writer, value),
    decode(bytes, start, end) {
      range.start = start;
      range.end = end;
      return packr.unpack(bytes, range);
    },
  };
}

/** @throws TypeError that names the place of what cannot travel, and what a getter throws */
function writeCarried(writer: MessageWriter, value: unknown): Uint8Array {
  const bytes = writer.write(carriedValue(value));
  if (bytes === undefined) throw new TypeError('it changes each time it is read');
  return bytes;
}
