import type { Network } from '@pomelo-ts/cluster/masters';

/** All networks that have this one in them, the widest first, and the network itself. */
export const prefixesOf = ({ family, bits, key }: Network): Network[] =>
  Array.from({ length: bits + 1 }, (_, count) => ({
    ...{ family, bits: count },
    key: family === 6 ? (key as bigint) >> BigInt(bits - count) : firstBits(key as number, bits, count),
  }));

const firstBits = (key: number, bits: number, count: number): number =>
  count === 0 ? 0 : key >>> (bits - count);
