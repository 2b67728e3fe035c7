import { describe, expect, it } from 'vitest';
import {
  encodePackage,
  type PackageSink,
  packageType,
  splitPackages,
  writePackageHead,
} from '../src/package.js';
import { ascii, bytesOf, hexOf } from './hex.js';

function collect(frame: Uint8Array, maxPackageBytes = 1024, stopAfter = Number.POSITIVE_INFINITY) {
  const found: [number, string][] = [];
  const sink: PackageSink = {
    onPackage(type, bytes, start, end) {
      found.push([type, hexOf(bytes.subarray(start, end))]);
      return found.length < stopAfter;
    },
  };
  splitPackages(frame, maxPackageBytes, sink);
  return found;
}

describe('encodePackage', () => {
  it.each([
    ['a handshake with body {}', packageType.handshake, ascii('{}'), '010000027b7d'],
    ['an acknowledgement', packageType.handshakeAck, undefined, '02000000'],
    ['a heartbeat', packageType.heartbeat, undefined, '03000000'],
    ['a kick', packageType.kick, ascii('{"reason":"bye"}'), `05000010${hexOf(ascii('{"reason":"bye"}'))}`],
  ] as const)('writes %s as pomelo does', (_, type, body, hex) => {
    expect(hexOf(encodePackage(type, body))).toBe(hex);
  });

  it('writes lengths of three bytes, big-endian', () => {
    const head = new Uint8Array(6);
    writePackageHead(head, 1, packageType.data, 0x123456);
    expect(hexOf(head)).toBe('000412345600');
  });

  it('refuses a body whose length does not fit in three bytes', () => {
    expect(() => writePackageHead(new Uint8Array(4), 0, 4, 0x1000000)).toThrow(/16777216/);
    expect(() => encodePackage(4, new Uint8Array(0x1000000))).toThrow(/16777216/);
  });
});

describe('splitPackages', () => {
  it('hands out every package of a frame in place', () => {
    expect(collect(bytesOf('03000000 04000002 7b7d 05000000'))).toEqual([
      [3, ''],
      [4, '7b7d'],
      [5, ''],
    ]);
  });

  it('stops when the sink returns false', () => {
    expect(collect(bytesOf('03000000 03000000 09'), 1024, 1)).toEqual([[3, '']]);
  });

  it.each([
    ['an empty frame', '', 'PACKAGE_TRUNCATED'],
    ['a head cut short', '030000', 'PACKAGE_TRUNCATED'],
    ['a body cut short', '04000003 7b7d', 'PACKAGE_TRUNCATED'],
    ['trailing bytes', '03000000 04', 'PACKAGE_TRUNCATED'],
    ['trailing bytes that begin no package', '03000000 ff', 'PACKAGE_TYPE'],
    ['type 0', '00000000', 'PACKAGE_TYPE'],
    ['type 6', '06000000', 'PACKAGE_TYPE'],
    ['16 MiB announced', '04ffffff', 'PACKAGE_TOO_LARGE'],
  ])('refuses %s', (_, hex, code) => {
    expect(() => collect(bytesOf(hex))).toThrow(expect.objectContaining({ code }));
  });

  it('takes a body of exactly the limit', () => {
    expect(collect(bytesOf('04000002 7b7d'), 2)).toHaveLength(1);
    expect(() => collect(bytesOf('04000002 7b7d'), 1)).toThrow('over the limit of 1');
  });
});
