import { isIP } from 'node:net';
import { plainAddress } from '@pomelo-ts/common/internal';

/** Some addresses that begin with the same bits, or one address: then it has all bits of its family. */
export interface Network {
  readonly family: 4 | 6;
  readonly bits: number;
  /** Those first bits as a number: of IPv4 a `number`, of IPv6 a `bigint`, so that the same text of any spelling gives the same. */
  readonly key: number | bigint;
}

/** Bits of an address. */
export const bitsOf = { 4: 32, 6: 128 } as const;

/** Bits before an IPv4 address that is written as one of IPv6. */
const mappedBits = 96;

/**
 * Reads an address or a network in CIDR notation; bits behind those of the network are left out.
 *
 * @throws Error that says what was expected
 * @example networkText(readNetwork('192.0.2.7/24')) // '192.0.2.0/24'
 */
export function readNetwork(text: string): Network {
  const [written = '', given, ...more] = text.split('/');
  const address = plainAddress(written);
  const family = isIP(address);
  if (family === 0 || more.length > 0 || written.includes('%'))
    throw new Error('expected an address without a zone, or a network such as 192.0.2.0/24 or 2001:db8::/32');
  const known = family === 6 ? 6 : 4;
  const most = bitsOf[known];
  if (given === undefined) return networkOf(known, address, most);
  const bits = /^\d{1,3}$/.test(given) ? Number(given) - writtenBefore(text, known) : -1;
  if (bits < 0 || bits > most) throw new Error(`expected ${bitsRange(text, known, 0)}`);
  return networkOf(known, address, bits);
}

/** What may stand behind the `/` of `text`, as it is written, and how that is meant: `8 to 32 bits after the /, such as 10.0.0.0/8`. */
export function bitsRange(text: string, family: 4 | 6, least: number): string {
  const before = writtenBefore(text, family);
  const range = `${before + least} to ${before + bitsOf[family]} bits after the /`;
  const [written = ''] = text.split('/');
  if (before === 0) return `${range}, such as ${family === 4 ? `${written}/24` : `${written}/64`}`;
  return `${range} of an IPv4 address that is written as IPv6, or ${least} to ${bitsOf[4]} where it is written as ${plainAddress(written)}, such as ${plainAddress(written)}/24`;
}

/** Bits that a network has before those of its address: an IPv4 address may be written as one of IPv6. */
const writtenBefore = (text: string, family: 4 | 6): number =>
  family === 4 && text.includes(':') ? mappedBits : 0;

/** A network as it is written: `192.0.2.0/24`, `2001:db8::/32`, or one address alone. However it was written before, it is one text. */
export function networkText({ family, bits, key }: Network): string {
  const first = family === 4 ? textOf4(key as number, bits) : textOf6(key as bigint, bits);
  return bits === bitsOf[family] ? first : `${first}/${bits}`;
}

const networkOf = (family: 4 | 6, address: string, bits: number): Network => ({
  family,
  bits,
  key: keyOf(family, address, bits),
});

/** The first `bits` bits of an address, as a number. */
function keyOf(family: 4 | 6, address: string, bits: number): number | bigint {
  if (family === 4) return bits === 0 ? 0 : numberOf4(address) >>> (32 - bits);
  return numberOf6(address) >> BigInt(128 - bits);
}

/** An IPv4 address as a number of 32 bits. */
export function numberOf4(address: string): number {
  let number = 0;
  let octet = 0;
  for (let i = 0; i < address.length; i++) {
    const code = address.charCodeAt(i);
    if (code === 46) {
      number = (number << 8) | octet;
      octet = 0;
    } else octet = octet * 10 + code - 48;
  }
  return ((number << 8) | octet) >>> 0;
}

/** An IPv6 address, in any spelling and with or without a zone, as a number of 128 bits. */
export function numberOf6(address: string): bigint {
  const zone = address.indexOf('%');
  const plain = zone < 0 ? address : address.slice(0, zone);
  const [head = '', tail] = plain.split('::');
  const before = groupsOf(head);
  const after = tail === undefined ? [] : groupsOf(tail);
  let high = 0n;
  for (const group of before) high = (high << 16n) | BigInt(group);
  let low = 0n;
  for (const group of after) low = (low << 16n) | BigInt(group);
  return (high << BigInt(16 * (8 - before.length))) | low;
}

/** Its last 32 bits may be written as IPv4. */
function groupsOf(part: string): number[] {
  if (part === '') return [];
  return part.split(':').flatMap((group) => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)];
    const number = numberOf4(group);
    return [number >>> 16, number & 0xffff];
  });
}

function textOf4(key: number, bits: number): string {
  const number = bits === 0 ? 0 : (key << (32 - bits)) >>> 0;
  return [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join('.');
}

/** As RFC 5952 has it: the longest run of zero groups is left out. */
function textOf6(key: bigint, bits: number): string {
  const number = key << BigInt(128 - bits);
  const groups = Array.from({ length: 8 }, (_, at) => Number((number >> BigInt(112 - 16 * at)) & 0xffffn));
  const text = groups.map((group) => group.toString(16)).join(':');
  const runs = [...text.matchAll(/(?:^|:)0(?::0)+(?=:|$)/g)].map(([run]) => run);
  const longest = runs.reduce(
    (best, run) => (run.replace(/^:/, '').length > best.replace(/^:/, '').length ? run : best),
    '',
  );
  if (longest === '') return text;
  const at = text.indexOf(longest);
  return `${text.slice(0, at)}::${text.slice(at + longest.length).replace(/^:/, '')}`;
}
