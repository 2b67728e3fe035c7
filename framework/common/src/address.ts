/** `host:port` as a URL and a person need it: an IPv6 address stands in brackets. */
export function hostPort(host: string, port: number | string): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** The host of what {@link hostPort} made. */
export function hostIn(place: string): string {
  return place.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
}

/** Asked first, of each address that comes: few are worth the long look. */
const mayBeMapped = /^[:0]/;
const mappedPattern = /^(?:::|(?:0{1,4}:){5})ffff:(.+)$/i;

/** An address as it is, but an IPv4 address that came through an IPv6 socket (`::ffff:192.0.2.1`) without what that puts before it. */
export function plainAddress(address: string): string {
  if (!address.includes(':') || !mayBeMapped.test(address)) return address;
  const [, tail] = mappedPattern.exec(address) ?? [];
  if (tail === undefined) return address;
  if (!tail.includes(':')) return tail.includes('.') ? tail : address;
  const pair = /^([\da-f]{1,4}):([\da-f]{1,4})$/i.exec(tail);
  if (!pair) return address;
  const numbers = [pair[1]!, pair[2]!].map((group) => Number.parseInt(group, 16));
  return numbers.map((number) => `${number >> 8}.${number & 255}`).join('.');
}

/**
 * What counts as one where each address has its share: an IPv4 address, or of IPv6 the first four groups (a /64): whoever has one
 * of those has the 2^64 beside it as well. However an address is written, it gives the same.
 */
export function networkOf(address: string): string {
  const plain = plainAddress(address);
  if (!plain.includes(':')) return plain;
  const [head = '', tail] = plain.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail ? tail.split(':') : [];
  let zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  while (zeros-- > 0) before.push('0');
  before.push(...after);
  const network = before.slice(0, 4).join(':');
  // The system writes addresses in one way; proxies may have another.
  return /[A-Z]|\b0\w/.test(network) ? network.toLowerCase().replace(/\b0+(?=\w)/g, '') : network;
}

/** Whether only its own machine sees this host: `localhost` or an address that stands for it. */
export function isLoopback(host: string): boolean {
  return /^(?:127\.\d+\.\d+\.\d+|localhost|::1)$/i.test(plainAddress(host));
}

/** Whether this address means all of a machine: one can listen there, and not be reached there from elsewhere. */
export const isEverywhere = (host: string): boolean => host === '0.0.0.0' || host === '::';

/** Where a process of the same machine dials what listens at `host`. */
export function dialable(host: string): string {
  if (!isEverywhere(host)) return host;
  return host === '::' ? '::1' : '127.0.0.1';
}
