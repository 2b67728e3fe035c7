import { Packr } from 'msgpackr';
import type { RpcCodec } from './codec.js';

/**
 * The default codec: msgpackr in plain mode, whose bytes any MessagePack library reads. `undefined` becomes nil,
 * BigInt is a 64-bit integer, Date the standard timestamp extension.
 */
export function msgpackrCodec(): RpcCodec {
  const packr = new Packr({
    useRecords: false,
    variableMapSize: true,
    encodeUndefinedAsNil: true,
    mapsAsObjects: true,
    copyBuffers: true,
    // Missing from msgpackr's types: a 64-bit integer is a number where that is exact, else a BigInt.
    ...({ int64AsType: 'auto' } as object),
  });
  const range = { start: 0, end: 0 };
  return {
    name: 'msgpackr',
    encode: (value) => packr.pack(value),
    decode(bytes, start, end) {
      range.start = start;
      range.end = end;
      return packr.unpack(bytes, range);
    },
  };
}
