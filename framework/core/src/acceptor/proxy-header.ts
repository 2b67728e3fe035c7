import { isIP } from 'node:net';

/**
 * What a load balancer writes before a connection's own bytes; "The PROXY protocol" of HAProxy, versions 1 and 2,
 * https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt sections 2.1 and 2.2.
 */
export interface ProxyHeader {
  /** Who has opened the connection to the balancer; undefined when that was the balancer itself, or is no address. */
  readonly address: string | undefined;
  /** Where the connection's own bytes begin. */
  readonly end: number;
}

/** What bytes that a connection begins with are: no header, the beginning of one, one that breaks the rules, or one. */
export type ProxyHeaderRead = 'none' | 'more' | 'invalid' | ProxyHeader;

const firstWord = Buffer.from('PROXY ', 'latin1');
/** A line of version 1 has at most so many bytes, its end included. */
const longestLine = 107;

const signature = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
const fixedBytes = 16;
/** Addresses take 216 bytes at most; balancers in use add some hundred bytes of their own (TLVs), which the format allows 65,535 of. */
const longestBinary = fixedBytes + 4096;

/** Bytes of the addresses and ports of one family, and where the first address ends. */
const families: Readonly<Record<number, { readonly bytes: number; readonly addressBytes: number }>> = {
  1: { bytes: 12, addressBytes: 4 },
  2: { bytes: 36, addressBytes: 16 },
};

/** Whether a connection that begins so may begin with a header. */
export function mayBeProxyHeader(firstByte: number): boolean {
  return firstByte === firstWord[0] || firstByte === signature[0];
}

/** Reads the header that `bytes`, all that has come so far, begins with. */
export function readProxyHeader(bytes: Buffer): ProxyHeaderRead {
  if (startsAs(bytes, signature)) return bytes.length < fixedBytes ? 'more' : readBinary(bytes);
  if (startsAs(bytes, firstWord)) return bytes.length < firstWord.length ? 'more' : readLine(bytes);
  return 'none';
}

/** Whether `bytes` and `expected` are the same, as far as both go. */
function startsAs(bytes: Buffer, expected: Buffer): boolean {
  const length = Math.min(bytes.length, expected.length);
  return bytes.compare(expected, 0, length, 0, length) === 0;
}

function readLine(bytes: Buffer): ProxyHeaderRead {
  const lineEnd = bytes.subarray(0, longestLine).indexOf('\r\n');
  if (lineEnd < 0) return bytes.length < longestLine ? 'more' : 'invalid';
  const end = lineEnd + 2;
  const words = bytes.toString('latin1', 0, lineEnd).split(' ');
  if (words[1] === 'UNKNOWN') return { address: undefined, end }; // what follows is to be passed over
  const family = { TCP4: 4, TCP6: 6 }[words[1] ?? ''];
  const [, , address = '', target = '', ...ports] = words;
  const rightful =
    family !== undefined &&
    isIP(address) === family &&
    isIP(target) === family &&
    ports.length === 2 &&
    ports.every(isPort);
  return rightful ? { address, end } : 'invalid';
}

const isPort = (text: string) => /^(?:0|[1-9]\d{0,4})$/.test(text) && Number(text) <= 0xffff;

function readBinary(bytes: Buffer): ProxyHeaderRead {
  const version = bytes[12]! >> 4;
  const command = bytes[12]! & 15;
  const end = fixedBytes + bytes.readUInt16BE(14);
  if (version !== 2 || command > 1 || end > longestBinary) return 'invalid';
  if (bytes.length < end) return 'more';
  const family = families[bytes[13]! >> 4];
  // Command 0: the balancer itself, to see whether this server lives. Other families have no address of the internet.
  if (command === 0 || !family) return { address: undefined, end };
  if (end < fixedBytes + family.bytes) return 'invalid';
  return { address: textOf(bytes.subarray(fixedBytes, fixedBytes + family.addressBytes)), end };
}

function textOf(address: Buffer): string {
  if (address.length === 4) return address.join('.');
  const groups = Array.from({ length: 8 }, (_, n) => address.readUInt16BE(2 * n).toString(16));
  // In its shortest form, as the system writes addresses of sockets.
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}
