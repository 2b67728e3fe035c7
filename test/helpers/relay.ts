import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A TCP relay whose way can be cut and mended, or fall silent: what a network does between two programs. */
export class Relay implements AsyncDisposable {
  readonly #to: URL;
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((socket) => this.#join(socket));
  #mode: 'open' | 'cut' | 'silent' = 'open';

  private constructor(to: string) {
    this.#to = new URL(to);
  }

  /** Leads to the address of a URL. */
  static async to(url: string): Promise<Relay> {
    const relay = new Relay(url);
    relay.#server.listen(0, '127.0.0.1');
    await once(relay.#server, 'listening');
    return relay;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Breaks all connections, and each new one at once. */
  cut(): void {
    this.#mode = 'cut';
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Keeps all connections, and carries nothing. */
  silence(): void {
    this.#mode = 'silent';
    for (const socket of this.#sockets) socket.pause();
  }

  mend(): void {
    this.#mode = 'open';
    for (const socket of this.#sockets) socket.resume();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(near: Socket): void {
    if (this.#mode === 'cut') {
      near.destroy();
      return;
    }
    const far = connect(Number(this.#to.port), this.#to.hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(from);
      from.on('data', (chunk) => to.write(chunk));
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.#sockets.delete(from);
        to.destroy();
      });
      if (this.#mode === 'silent') from.pause();
    }
  }
}
