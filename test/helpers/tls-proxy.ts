import { readFileSync } from 'node:fs';
import { type AddressInfo, connect } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import type { CertificateFiles } from './certificates.js';

/** A proxy that ends TLS and chooses the port behind it by the first part of the path, which it hands on as it came. */
export class TlsProxy implements AsyncDisposable {
  readonly #server: ReturnType<typeof createServer>;
  readonly #sockets = new Set<TLSSocket>();
  /** Ports of this machine by path, `/c1`. */
  routes: Readonly<Record<string, number>> = {};

  private constructor({ cert, key }: CertificateFiles) {
    const options = { cert: readFileSync(cert), key: readFileSync(key) };
    this.#server = createServer(options, (socket) => this.#take(socket));
  }

  static async listen(files: CertificateFiles): Promise<TlsProxy> {
    const proxy = new TlsProxy(files);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  #take(socket: TLSSocket): void {
    this.#sockets.add(socket);
    socket.on('error', () => {}); // a client that does not trust it says so itself
    socket.on('close', () => this.#sockets.delete(socket));
    let head = '';
    const hear = (chunk: Buffer): void => {
      head += chunk.toString('latin1');
      if (!head.includes('\r\n')) return;
      socket.off('data', hear);
      this.#handOn(socket, head);
    };
    socket.on('data', hear);
  }

  #handOn(socket: TLSSocket, head: string): void {
    const path = /^\w+ (\/[^/? ]*)/.exec(head)?.[1] ?? '/';
    const port = this.routes[path];
    if (port === undefined) {
      socket.end('HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    const behind = connect(port, '127.0.0.1', () => {
      behind.write(head, 'latin1');
      socket.pipe(behind).pipe(socket);
    });
    behind.on('error', () => socket.destroy());
    socket.on('close', () => behind.destroy());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
