import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { OpenSocket } from '@pomelo-ts/client';
import { memoryStreams } from '@pomelo-ts/cluster';

/** Takes the server's end of a connection in memory, as it takes a socket. */
export type AcceptSocket = (socket: Socket) => void;

/**
 * What opens a client's connections in memory instead of over the network. `accept` gives what serves the port that the
 * client names, undefined when no frontend has it.
 */
export function memorySockets(accept: (port: number) => AcceptSocket | undefined): OpenSocket {
  return (url, events) => {
    const { port } = new URL(url);
    const serve = accept(Number(port));
    if (!serve) {
      queueMicrotask(() => events.onClose(`no frontend of this cluster has the port ${port}`));
      return { send: () => {}, close: () => {}, terminate: () => {} };
    }
    const [near, far] = memoryStreams();
    near.on('data', (chunk: Buffer) => events.onFrame(chunk));
    near.once('close', () => events.onClose('closed'));
    for (const end of [near, far]) end.on('error', ignoreBrokenEnd);
    queueMicrotask(() => {
      serve(asSocket(far));
      events.onOpen();
    });
    return {
      send: (bytes) => near.write(bytes),
      close: () => near.destroy(),
      terminate: () => near.destroy(),
    };
  };
}

/** The members of a socket that a frontend uses beside those of any stream. */
function asSocket(stream: Duplex): Socket {
  const destroySoon = (): void => {
    stream.end(() => stream.destroy());
  };
  return Object.assign(stream, { remoteAddress: '127.0.0.1', destroySoon }) as Duplex as Socket;
}

function ignoreBrokenEnd(): void {
  // The close event that follows says all that matters.
}
