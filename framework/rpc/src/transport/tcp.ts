import { createServer, connect as netConnect, type Socket } from 'node:net';
import type { ChannelReader, RpcChannel, RpcTransport } from '../transport.js';

/** How long what was written may take to leave once the channel is to end, in ms. */
const lingerMs = 1000;

/** RPC over TCP, without Nagle's delay. */
export function tcpTransport(): RpcTransport {
  return {
    name: 'tcp',
    async listen({ host, port }, onChannel) {
      const sockets = new Set<Socket>();
      const server = createServer({ noDelay: true }, (socket) => {
        sockets.add(socket);
        socket.once('close', () => sockets.delete(socket));
        onChannel(new TcpChannel(socket));
      });
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, host, () => {
          server.off('error', reject);
          server.on('error', ignoreFailedAccept);
          resolve();
        });
      });
      const address = server.address() as { port: number };
      return {
        port: address.port,
        close: () =>
          new Promise((resolve) => {
            server.close(() => resolve());
            for (const socket of sockets) endSoon(socket);
          }),
      };
    },
    dial({ host, port }, timeoutMs) {
      return new Promise((resolve, reject) => {
        const socket = netConnect({ host, port, noDelay: true });
        const timer = setTimeout(
          () => socket.destroy(new Error(`no connection within ${timeoutMs} ms`)),
          timeoutMs,
        );
        socket.once('error', reject);
        socket.once('close', () => clearTimeout(timer));
        socket.once('connect', () => {
          clearTimeout(timer);
          socket.off('error', reject);
          resolve(new TcpChannel(socket));
        });
      });
    },
  };
}

class TcpChannel implements RpcChannel {
  readonly remote: string;
  readonly #socket: Socket;
  #error: Error | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.remote = `${socket.remoteAddress}:${socket.remotePort}`;
    socket.on('error', (error) => {
      this.#error = error;
    });
  }

  get queuedBytes(): number {
    return this.#socket.writableLength;
  }

  read(reader: ChannelReader): void {
    this.#socket.on('data', (chunk) => reader.onBytes(chunk));
    this.#socket.on('close', () => reader.onClose(this.#error));
  }

  write(bytes: Buffer): boolean {
    this.#socket.write(bytes);
    return this.#socket.writableLength === 0;
  }

  destroy(): void {
    endSoon(this.#socket);
  }
}

function ignoreFailedAccept(): void {
  // A connection could not be accepted, for want of file descriptors say: its other end dials again.
}

/** Ends the socket once what was written has left; a peer that reads nothing cannot keep it open for long. */
function endSoon(socket: Socket): void {
  if (socket.destroyed) return;
  socket.destroySoon();
  if (socket.destroyed) return;
  const timer = setTimeout(() => socket.destroy(), lingerMs);
  timer.unref();
  socket.once('close', () => clearTimeout(timer));
}
