import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** Connections from as many addresses of this machine: 127.77.0.1 and on, for each its own. */
export class Crowd implements Disposable {
  readonly sockets: Socket[] = [];

  /** @param bytes what each says, if anything */
  static async at(port: number, count: number, bytes?: Buffer): Promise<Crowd> {
    const crowd = new Crowd();
    for (let first = 0; first < count; first += 100)
      await Promise.all(
        Array.from({ length: Math.min(100, count - first) }, (_, n) => crowd.#add(port, first + n, bytes)),
      );
    return crowd;
  }

  [Symbol.dispose](): void {
    for (const socket of this.sockets) socket.destroy();
  }

  async #add(port: number, n: number, bytes: Buffer | undefined): Promise<void> {
    const localAddress = `127.77.${n >> 8}.${n & 255}`;
    const socket = connect({ port, host: '127.0.0.1', localAddress, noDelay: true });
    socket.on('error', () => {}).resume();
    this.sockets.push(socket);
    await once(socket, 'connect');
    if (bytes) socket.write(bytes);
  }
}
