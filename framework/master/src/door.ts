import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { PomeloError } from '@pomelo-ts/common';
import { showPortHolder } from '@pomelo-ts/common/internal';
import { elsewhere, whyElsewhere } from './hosts/local-hosts.js';

/** Serves one connection; `from` names it in messages. */
export type Doorkeeper = (socket: Socket, from: string) => void;

/** Where a master listens; who serves those that come may change while it stays open. */
export class Door {
  readonly #server: Server;
  #keeper: Doorkeeper = (socket) => socket.destroy();

  private constructor() {
    this.#server = createServer({ noDelay: true }, (socket) =>
      this.#keeper(socket, `${socket.remoteAddress}:${socket.remotePort}`),
    );
  }

  /** @throws PORT_IN_USE, HOST_ELSEWHERE */
  static async open(host: string, port: number): Promise<Door> {
    const reason = await whyElsewhere(host);
    if (reason !== undefined)
      throw elsewhere([`master.json: host: ${reason} (for the master: start it at that host)`]);
    const door = new Door();
    return new Promise((resolve, reject) => {
      // Once it listens this tells nobody anything: watchFiles sees why connections cannot be taken.
      door.#server.on('error', (error: NodeJS.ErrnoException) =>
        reject(
          // no error once it listens: a connection that could not be taken

          error.code === 'EADDRINUSE'
            ? new PomeloError('PORT_IN_USE', {
                serverId: 'The master',
                host,
                port,
                holder: showPortHolder(port),
              })
            : error,
        ),
      );
      door.#server.listen(port, host, () => resolve(door));
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Has `keeper` serve all who come from now on. */
  keptBy(keeper: Doorkeeper): void {
    this.#keeper = keeper;
  }

  /** Lets nobody in any more; resolves when those inside have left. */
  close(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}
