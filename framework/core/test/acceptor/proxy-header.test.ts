import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mayBeProxyHeader, readProxyHeader } from '../../src/acceptor/proxy-header.js';

const line = (text: string) => Buffer.from(`${text}\r\n`, 'latin1');

const signature = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a];

/** A header of version 2: version and command, family and transport, and what follows its length. */
function binary(verCmd: number, family: number, rest: readonly number[], length = rest.length): Buffer {
  return Buffer.from([...signature, verCmd, family, length >> 8, length & 255, ...rest]);
}

const v4 = [192, 0, 2, 7, 10, 0, 0, 5, 0x12, 0x67, 0x0b, 0xc2];
const v6 = [0x20, 0x01, 0x0d, 0xb8, ...Array(11).fill(0), 7, ...Array(15).fill(0), 1, 0x12, 0x67, 0x0b, 0xc2];
const tlv = [0x03, 0, 4, 1, 2, 3, 4];

const good: readonly (readonly [string, Buffer, string | undefined])[] = [
  ['a line for IPv4', line('PROXY TCP4 192.0.2.7 10.0.0.5 4711 3010'), '192.0.2.7'],
  ['a line for IPv6', line('PROXY TCP6 2001:db8::7 ::1 4711 3010'), '2001:db8::7'],
  ['a line of a balancer that does not know', line('PROXY UNKNOWN'), undefined],
  ['such a line with more on it', line('PROXY UNKNOWN ffff::1 ffff::2 65535 65535'), undefined],
  ['a binary header for IPv4', binary(0x21, 0x11, v4), '192.0.2.7'],
  ['a binary header for IPv6', binary(0x21, 0x21, v6), '2001:db8::7'],
  ['one with more in it', binary(0x21, 0x11, [...v4, ...tlv]), '192.0.2.7'],
  ['one of a balancer that looks whether this server lives', binary(0x20, 0x00, []), undefined],
  ['such a one with addresses', binary(0x20, 0x11, v4), undefined],
  ['one of a socket of the system', binary(0x21, 0x31, Array(216).fill(0x2f)), undefined],
  ['one of no family', binary(0x21, 0x00, []), undefined],
];

describe('the header of a load balancer', () => {
  it.each(good)('is read: %s', (_, header, address) => {
    expect(mayBeProxyHeader(header[0]!)).toBe(true);
    expect(readProxyHeader(Buffer.concat([header, Buffer.from('GET / HTTP/1.1')]))).toEqual({
      address,
      end: header.length,
    });
  });

  it.each(good)('is waited for until it is whole: %s', (_, header) => {
    for (let length = 1; length < header.length; length++)
      expect([length, readProxyHeader(header.subarray(0, length))]).toEqual([length, 'more']);
  });

  it.each([
    ['an address that is none', line('PROXY TCP4 192.0.2 10.0.0.5 4711 3010')],
    ['an address of the other family', line('PROXY TCP4 2001:db8::7 ::1 4711 3010')],
    ['a name in place of an address', line('PROXY TCP4 localhost 10.0.0.5 4711 3010')],
    ['a port that is none', line('PROXY TCP4 192.0.2.7 10.0.0.5 4711 65536')],
    ['a port with a zero before it', line('PROXY TCP4 192.0.2.7 10.0.0.5 04711 3010')],
    ['a port that is missing', line('PROXY TCP4 192.0.2.7 10.0.0.5 4711')],
    ['two spaces', line('PROXY TCP4  192.0.2.7 10.0.0.5 4711 3010')],
    ['another protocol', line('PROXY UDP4 192.0.2.7 10.0.0.5 4711 3010')],
    ['a line without an end', Buffer.from(`PROXY UNKNOWN ${'x'.repeat(200)}`)],
    ['another version', binary(0x31, 0x11, v4)],
    ['another command', binary(0x22, 0x11, v4)],
    ['less than its addresses', binary(0x21, 0x21, v4)],
    ['more than a header may have', binary(0x21, 0x11, v4, 60_000)],
  ])('is refused with %s', (_, header) => {
    expect(readProxyHeader(header)).toBe('invalid');
  });

  it.each([
    ['a request', Buffer.from('GET /health HTTP/1.1\r\n')],
    ['a method that begins as the header does', Buffer.from('PROPFIND / HTTP/1.1\r\n')],
    ['a package', Buffer.from([1, 0, 0, 4, 0x7b, 0x7d])],
    ['an end of a line', Buffer.from('\r\n\r\nGET')],
  ])('is not seen in %s', (_, bytes) => {
    expect(readProxyHeader(bytes)).toBe('none');
  });

  it('is decided whatever comes, and never reaches beyond what has come', () => {
    const start = fc.constantFrom(
      Buffer.alloc(0),
      Buffer.from('PROXY '),
      Buffer.from(signature),
      binary(0x21, 0x21, []),
    );
    fc.assert(
      fc.property(start, fc.uint8Array({ maxLength: 300 }), (first, rest) => {
        const bytes = Buffer.concat([first, rest]);
        const read = readProxyHeader(bytes);
        if (typeof read === 'object') expect(read.end).toBeLessThanOrEqual(bytes.length);
        if (bytes.length >= 16 + 4096) expect(read).not.toBe('more');
      }),
    );
  });
});
