import fc from 'fast-check';
import { Packr } from 'msgpackr';
import { describe, expect, it } from 'vitest';
import { msgpackrCodec } from '../src/codec-msgpackr.js';
import { codecContract } from '../src/testing/codec-contract.js';

describe('msgpackrCodec', () => {
  const codec = msgpackrCodec();
  for (const { title, run } of codecContract(codec)) it(title, run);

  it('carries a BigInt and a Date', () => {
    const value = { big: 2n ** 62n, at: new Date(1_700_000_000_000) };
    const bytes = Buffer.from(codec.encode(value));
    expect(codec.decode(bytes, 0, bytes.length)).toEqual(value);
  });

  describe('writes what msgpackr writes', () => {
    const packr = new Packr({
      useRecords: false,
      variableMapSize: true,
      encodeUndefinedAsNil: true,
      ...({ useToJSON: false } as object),
    });
    const check = (value: unknown): void => {
      expect(Buffer.from(codec.encode(value)).equals(packr.pack(value))).toBe(true);
    };
    const sizes = [0, 1, 15, 16, 31, 32, 63, 64, 85, 86, 255, 256, 65_535, 65_536, 100_000];

    it.each(['a', 'é', '中', '😀', 'a中'])('of texts of each length, of %s', (part) => {
      for (const size of sizes) check([part.repeat(size), { [part.repeat(size)]: size }]);
    });

    it('of lists, objects, Buffers and numbers at each limit', () => {
      for (const size of sizes) {
        check(Array.from({ length: size }, (_, i) => i));
        check(Object.fromEntries(Array.from({ length: size }, (_, i) => [`k${i}`, i])));
        check([Buffer.alloc(size, 7)]);
      }
      const edges = [0, 5, 7, 8, 15, 16, 31, 32, 40, 52, 53, 60].flatMap((bits) => [
        2 ** bits - 1,
        2 ** bits,
        2 ** bits + 1,
      ]);
      check([...edges, ...edges.map((edge) => -edge), -0, 0.1, Number.NaN, Infinity, -Infinity]);
      check([2n ** 63n, -(2n ** 63n), new Date(0), new Date(-1), new Date(2 ** 45), new Date(Number.NaN)]);
    });

    it('of whatever is made of them', () => {
      fc.assert(fc.property(fc.jsonValue({ maxDepth: 6, stringUnit: 'binary' }), check), { numRuns: 300 });
    });
  });

  it('writes a value whose getter has another written meanwhile', () => {
    const inner = { n: 'x'.repeat(100) };
    const outer = {
      before: 1,
      get made() {
        return Buffer.from(codec.encode(inner)).toString('latin1');
      },
      after: 2,
    };
    const read = (bytes: Uint8Array) => {
      const own = Buffer.from(bytes);
      return codec.decode(own, 0, own.length);
    };
    const { made, ...others } = read(codec.encode(outer)) as { made: string };
    expect(others).toEqual({ before: 1, after: 2 });
    expect(read(Buffer.from(made, 'latin1'))).toEqual(inner);
  });
});
