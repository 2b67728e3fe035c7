import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Somebody between two programs, who reads every byte, and may add some. */
export class Middle implements AsyncDisposable {
  /** All that has passed, both ways. */
  readonly seen: Buffer[] = [];
  readonly #pairs: { readonly near: Socket; readonly far: Socket }[] = [];
  readonly #server;

  private constructor(port: number) {
    this.#server = createServer((near) => this.#join(near, connect(port, '127.0.0.1')));
  }

  /** Stands before a port of this machine. */
  static async before(port: number): Promise<Middle> {
    const middle = new Middle(port);
    await once(middle.#server.listen(0, '127.0.0.1'), 'listening');
    return middle;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Connections that have come. */
  get connections(): number {
    return this.#pairs.length;
  }

  /** Says something to the listener in the name of whoever dialed last; resolves when that connection has ended. */
  async inject(bytes: Buffer): Promise<void> {
    const { far } = this.#pairs.at(-1)!;
    const ended = new Promise((resolve) => far.once('close', resolve));
    far.write(bytes);
    await ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { near, far } of this.#pairs) {
      near.destroy();
      far.destroy();
    }
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(near: Socket, far: Socket): void {
    this.#pairs.push({ near, far });
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on('data', (chunk: Buffer) => {
        this.seen.push(chunk);
        to.write(chunk);
      });
      from.on('error', () => {});
      from.on('close', () => to.destroy());
    }
  }
}
