import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { BlockList, isIP, type Socket } from 'node:net';
import { plainAddress } from '@pomelo-ts/common/internal';
import { addressOf } from './proxied-socket.js';

/** What is known of a client before it is let in. */
export interface ConnectInfo {
  /** `websocket`, `tcp`, or what another acceptor calls it. */
  readonly transport: 'websocket' | 'tcp' | (string & {});
  /** The client's address; behind trusted proxies the one that they report. */
  readonly remoteAddress: string;
  /** Headers of the WebSocket upgrade; none for raw TCP. */
  readonly headers: IncomingHttpHeaders;
  /** Query of the WebSocket's address; empty for raw TCP. */
  readonly query: URLSearchParams;
  /** What the client says of itself in the handshake. */
  readonly client: { readonly type: string; readonly version: string };
  /** The `user` part of the handshake. */
  readonly user: unknown;
}

/** The part of {@link ConnectInfo} that is known when the connection is made. */
export type ConnectionFacts = Pick<ConnectInfo, 'transport' | 'remoteAddress' | 'headers' | 'query'>;

/** Bits before an IPv4 address that is written as one of IPv6. */
const mappedBits = 96;

/** Finds the address of a client behind reverse proxies that are trusted. */
export class ProxyTrust {
  readonly #trusted: BlockList | undefined;

  /** @param ranges IP addresses and CIDR ranges */
  constructor(ranges: readonly string[]) {
    if (ranges.length === 0) return;
    this.#trusted = new BlockList();
    for (const range of ranges) {
      const [written = '', bits] = range.split('/');
      const address = plainAddress(written);
      const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
      const prefix = Number(bits) - (address === written ? 0 : mappedBits);
      if (bits === undefined) this.#trusted.addAddress(address, family);
      else if (prefix >= 0) this.#trusted.addSubnet(address, prefix, family);
    }
  }

  /**
   * The last address in X-Forwarded-For that no trusted proxy has; the socket's own when that is not trusted. What is no
   * address, which a client may have put there, ends the search.
   */
  addressOf(socketAddress: string, headers: IncomingHttpHeaders): string {
    let address = plainAddress(socketAddress);
    const forwarded = headers['x-forwarded-for'];
    if (!this.#trusted || forwarded === undefined) return address;
    const hops = String(forwarded).split(',');
    while (hops.length > 0 && this.trusts(address)) {
      const hop = plainAddress(withoutPort(hops.pop()!.trim()));
      if (isIP(hop) === 0) break;
      address = hop;
    }
    return address;
  }

  /** Whether this is the address of a trusted proxy. */
  trusts(socketAddress: string): boolean {
    const address = plainAddress(socketAddress);
    const family = isIP(address);
    return family !== 0 && this.#trusted?.check(address, family === 6 ? 'ipv6' : 'ipv4') === true;
  }
}

/** Some proxies report `192.0.2.1:4711` or `[2001:db8::1]:4711`. */
function withoutPort(hop: string): string {
  const bracketed = /^\[([^\]]*)\](?::\d+)?$/.exec(hop);
  return bracketed ? bracketed[1]! : hop.replace(/^([^:]*):\d+$/, '$1');
}

/** Facts of a raw TCP client. */
export function tcpFacts(socket: Socket, trust: ProxyTrust): ConnectionFacts {
  const remoteAddress = trust.addressOf(addressOf(socket), {});
  return { transport: 'tcp', remoteAddress, headers: {}, query: new URLSearchParams() };
}

/** Facts of a WebSocket client. */
export function webSocketFacts(request: IncomingMessage, trust: ProxyTrust): ConnectionFacts {
  const { headers, url = '/' } = request;
  const queryAt = url.indexOf('?');
  return {
    transport: 'websocket',
    remoteAddress: trust.addressOf(addressOf(request.socket), headers),
    headers,
    query: new URLSearchParams(queryAt < 0 ? '' : url.slice(queryAt + 1)),
  };
}
