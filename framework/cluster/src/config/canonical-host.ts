import { isIP, SocketAddress } from 'node:net';
import { plainAddress } from '@pomelo-ts/common/internal';

/** A host as it is compared and kept. What is no host stays as it is. */
export function canonicalHost(text: string): string {
  const [address = '', zone] = withoutBrackets(text).split('%');
  if (/^localhost\.$/i.test(text)) return 'localhost'; // few systems know it with the dot of a whole name
  if (isIP(address) !== 6) return isIP(address) === 4 ? address : text;
  const plain = plainAddress(address);
  if (plain !== address) return plain;
  const short = new SocketAddress({ address, family: 'ipv6' }).address;
  return zone === undefined ? short : `${short}%${zone}`;
}

/** Whether both are the same host, in whatever form they are written. */
export const isSameHost = (a: string, b: string): boolean =>
  canonicalHost(a).toLowerCase() === canonicalHost(b).toLowerCase();

export const withoutBrackets = (text: string): string => text.replace(/^\[(.*)\]$/, '$1');
