import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** A port that takes every connection, hears all, and says nothing. */
export class SilentPort implements AsyncDisposable {
  /** Connections that have come. */
  taken = 0;
  /** Those of them that the other end has ended. */
  ended = 0;
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((socket) => {
    this.taken++;
    this.#sockets.add(socket);
    socket.on('error', () => {}).resume();
    socket.once('close', () => {
      this.ended++;
      this.#sockets.delete(socket);
    });
  });

  static async open(): Promise<SilentPort> {
    const silent = new SilentPort();
    await once(silent.#server.listen(0, '127.0.0.1'), 'listening');
    return silent;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    if (!this.#server.listening) return;
    this.#server.close();
    await once(this.#server, 'close');
  }
}
