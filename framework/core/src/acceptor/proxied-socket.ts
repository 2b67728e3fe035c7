import type { Socket } from 'node:net';
import { plainAddress } from '@pomelo-ts/common/internal';
import { readProxyHeader } from './proxy-header.js';

const reported = Symbol('address that a load balancer has told');

type Proxied = Socket & { [reported]?: string };

/** Where a connection comes from: what its load balancer has told, else the other end's address. */
export function addressOf(socket: Socket): string {
  return (socket as Proxied)[reported] ?? socket.remoteAddress ?? '';
}

/** What becomes of a connection of a load balancer. */
export interface ProxiedListener {
  /** The balancer has told of a client, see {@link addressOf}; what the client sends comes next, unless this gives false. */
  onAddress(): boolean;
  /** The first bytes of the client, or of the balancer itself where it has told of nobody. */
  onBytes(bytes: Buffer): void;
  /** What has come is no header that can be read. */
  onInvalid(): void;
}

/** Reads what a load balancer writes before a connection's own bytes: nothing where it speaks for itself, to look whether this server lives. */
export function readProxied(socket: Socket, listener: ProxiedListener): void {
  let come: Buffer | undefined;
  const onData = (chunk: Buffer): void => {
    come = come ? Buffer.concat([come, chunk]) : chunk;
    const read = readProxyHeader(come);
    if (read === 'more') return; // a header has a longest form, and its time is that of the handshake
    socket.off('data', onData);
    if (read === 'invalid') listener.onInvalid();
    else if (read === 'none') listener.onBytes(come);
    else {
      if (read.address !== undefined) {
        (socket as Proxied)[reported] = plainAddress(read.address);
        if (!listener.onAddress()) return;
      }
      if (read.end < come.length) listener.onBytes(come.subarray(read.end));
      else socket.once('data', (bytes: Buffer) => listener.onBytes(bytes));
    }
  };
  socket.on('data', onData);
}
