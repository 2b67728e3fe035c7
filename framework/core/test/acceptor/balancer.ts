import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A load balancer of TCP: writes `header` before the bytes of each connection, in pieces of so many bytes. */
export class Balancer implements AsyncDisposable {
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer();
  header: Buffer;

  private constructor(header: Buffer) {
    this.header = header;
  }

  static async before(port: number, header: Buffer | string, { from = '127.0.0.1', pieces = 1000 } = {}) {
    const balancer = new Balancer(Buffer.from(header));
    balancer.#server.on('connection', (near) => {
      const far = connect({ host: '127.0.0.1', port, localAddress: from, noDelay: true });
      for (const socket of [near, far]) balancer.#sockets.add(socket.on('error', () => {}));
      near.once('close', () => far.destroy());
      far.once('close', () => near.destroy());
      void (async () => {
        for (let at = 0; at < balancer.header.length; at += pieces) {
          far.write(balancer.header.subarray(at, at + pieces));
          await new Promise((resolve) => setImmediate(resolve));
        }
        near.pipe(far).pipe(near);
      })();
    });
    balancer.#server.listen(0, '127.0.0.1');
    await once(balancer.#server, 'listening');
    return balancer;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
