import { expect, it } from 'vitest';
import type { PackageSink } from '../src/package.js';
import { PackageSplitter } from '../src/package-splitter.js';
import { bytesOf, hexOf } from './hex.js';

const stream = bytesOf('01000002 7b7d 02000000 04000005 0401 7b7d 20 03000000');
const packages = ['1:7b7d', '2:', '4:04017b7d20', '3:'];

function collector(stopAfter = Number.POSITIVE_INFINITY) {
  const found: string[] = [];
  const views: Uint8Array[] = [];
  const sink: PackageSink = {
    onPackage(type, bytes, start, end) {
      found.push(`${type}:${hexOf(bytes.subarray(start, end))}`);
      views.push(bytes.subarray(start, end));
      return found.length < stopAfter;
    },
  };
  return { found, views, sink };
}

it('finds the same packages wherever the stream is cut, in one to three pieces', () => {
  for (let first = 0; first <= stream.length; first++) {
    for (let second = first; second <= stream.length; second++) {
      const { found, sink } = collector();
      const splitter = new PackageSplitter({ maxPackageBytes: 16 });
      for (const piece of [
        stream.subarray(0, first),
        stream.subarray(first, second),
        stream.subarray(second),
      ]) {
        splitter.push(piece, sink);
      }
      expect(found).toEqual(packages);
      expect(splitter.bufferedBytes).toBe(0);
    }
  }
});

it('finds the packages of a stream that comes byte by byte', () => {
  const { found, views, sink } = collector();
  const splitter = new PackageSplitter({ maxPackageBytes: 16 });
  for (const byte of stream) splitter.push(Uint8Array.of(byte), sink);
  expect(found).toEqual(packages);
  expect(views.map(hexOf)).toEqual(packages.map((text) => text.slice(2)));
});

it('does not copy a package that lies whole in its chunk', () => {
  const { views, sink } = collector();
  new PackageSplitter({ maxPackageBytes: 16 }).push(stream, sink);
  for (const view of views) expect(view.buffer).toBe(stream.buffer);
});

it('refuses a bad type at its first byte and an excessive length at its fourth', () => {
  const { sink } = collector();
  expect(() => new PackageSplitter({ maxPackageBytes: 16 }).push(bytesOf('09'), sink)).toThrow('not 9');
  const splitter = new PackageSplitter({ maxPackageBytes: 16 });
  splitter.push(bytesOf('040000'), sink);
  expect(() => splitter.push(bytesOf('11'), sink)).toThrow('17 bytes is over the limit of 16');
});

it('counts what it holds and grows with what came, not with what was announced', () => {
  const { found, sink } = collector();
  const splitter = new PackageSplitter({ maxPackageBytes: 10_000_000 });
  splitter.push(bytesOf('04 900000 0102'), sink);
  expect(splitter.bufferedBytes).toBe(6);
  splitter.push(new Uint8Array(5000), sink);
  expect(splitter.bufferedBytes).toBe(5006);

  const other = new PackageSplitter({ maxPackageBytes: 10_000_000 });
  other.push(bytesOf('04 010000'), sink);
  for (let i = 0; i < 64; i++) other.push(new Uint8Array(1024).fill(i), sink);
  expect(other.bufferedBytes).toBe(0);
  expect(found).toHaveLength(1);
  expect(found[0]?.slice(2, 4)).toBe('00');
  expect(found[0]?.slice(-2)).toBe('3f');
});

it('delivers nothing more once the sink returned false, and nothing after an error', () => {
  const stopped = collector(1);
  const splitter = new PackageSplitter({ maxPackageBytes: 16 });
  splitter.push(stream, stopped.sink);
  splitter.push(stream, stopped.sink);
  expect(stopped.found).toEqual(packages.slice(0, 1));

  const failed = collector();
  const other = new PackageSplitter({ maxPackageBytes: 16 });
  expect(() => other.push(bytesOf('03000000 00'), failed.sink)).toThrow();
  other.push(stream, failed.sink);
  expect(failed.found).toEqual(['3:']);
  expect(other.bufferedBytes).toBe(0);
});

it('lets an error of the sink through and closes', () => {
  const splitter = new PackageSplitter({ maxPackageBytes: 16 });
  const sink: PackageSink = {
    onPackage() {
      throw new RangeError('mine');
    },
  };
  expect(() => splitter.push(stream, sink)).toThrow(RangeError);
  expect(() => splitter.push(stream, sink)).not.toThrow();
});
