import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** Connections from as many addresses of this machine, for each its own, or all from one. */
export class Crowd implements Disposable {
  readonly sockets: Socket[] = [];

  /**
   * @param bytes what each says, if anything
   * @param from the one address of all
   */
  static async at(port: number, count: number, bytes?: Buffer, from?: string): Promise<Crowd> {
    const crowd = new Crowd();
    for (let first = 0; first < count; first += 100)
      await Promise.all(
        Array.from({ length: Math.min(100, count - first) }, (_, n) =>
          crowd.#add(port, from ?? addressOf(first + n), bytes),
        ),
      );
    return crowd;
  }

  [Symbol.dispose](): void {
    for (const socket of this.sockets) socket.destroy();
  }

  async #add(port: number, localAddress: string, bytes: Buffer | undefined): Promise<void> {
    const socket = connect({ port, host: '127.0.0.1', localAddress, noDelay: true });
    socket.on('error', () => {}).resume();
    this.sockets.push(socket);
    await once(socket, 'connect');
    if (bytes?.length) socket.write(bytes);
  }
}

/** 127.77.0.0 and on. */
const addressOf = (n: number): string => `127.77.${n >> 8}.${n & 255}`;
