import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { MasterSettings } from '@pomelo-ts/cluster';
import { type Clock, type Logger, systemClock } from '@pomelo-ts/common';
import { hostPort, listenError } from '@pomelo-ts/common/internal';
import type { Leader, Master } from '@pomelo-ts/master';
import { FeedSockets } from './feed/feed-sockets.js';
import { Tickets } from './feed/tickets.js';
import { createAdminApp } from './http/app.js';
import { Origins } from './http/origins.js';
import { pageOf } from './http/pages.js';
import { createAdminServer, type TlsFiles } from './http/server.js';
import { Oidc } from './oidc/oidc.js';
import { readPage } from './static/read-page.js';

/** The `admin` section of the master's settings. */
export type AdminSettings = NonNullable<MasterSettings['admin']>;

/** What an {@link Admin} is opened with. */
export interface AdminOptions {
  readonly settings: AdminSettings;
  /** Root of the game: `tls` names files from there. */
  readonly root: string;
  readonly env: string;
  /** The master of this process, while it leads. */
  master(): Master | undefined;
  /** The master that leads, where it is known. */
  leader(): Leader | undefined;
  readonly clock?: Clock;
  readonly logger: Logger;
  /** Hosts of all masters of the cluster. @default none that is told of */
  readonly hosts?: readonly string[];
  /** Folder of the page. @default the one that comes with this package */
  readonly page?: string;
}

/** How long answers that are under way have to leave when it ends, in ms. */
const lastMs = 500;

/**
 * The admin of a master: its HTTP and WebSocket API, and the page. All it does it asks the master for, as the one who has signed in.
 *
 * @example
 * const admin = await Admin.open({ settings, root, env, master: () => master, leader: () => undefined, logger });
 * console.log(admin.url);
 */
export class Admin {
  readonly #options: AdminOptions;
  readonly #server: Server;
  readonly #sockets: FeedSockets;
  readonly #stopWatch: () => void;
  readonly url: string;

  private constructor(options: AdminOptions, server: Server, sockets: FeedSockets, stopWatch: () => void) {
    this.#options = options;
    this.#server = server;
    this.#sockets = sockets;
    this.#stopWatch = stopWatch;
    const { listen, tls, origins } = options.settings;
    const { port } = server.address() as AddressInfo;
    this.url = origins[0] ?? `${tls ? 'https' : 'http'}://${hostPort(listen, port)}`;
  }

  /** @throws PORT_IN_USE; what is wrong with the files of `tls` */
  static async open(options: AdminOptions): Promise<Admin> {
    const { settings, root, clock = systemClock, logger } = options;
    const { port, listen, tls, behindProxy } = settings;
    const files: TlsFiles | undefined = tls && { root, ...tls };
    const tickets = new Tickets(clock);
    const origins = new Origins({ ...settings, secure: tls !== undefined });
    const pages = (host: string) => pageOf(settings, host);
    const oidc = settings.oidc && new Oidc({ settings: settings.oidc, root, clock });
    const problem = oidc?.problem;
    if (problem) logger.error('Nobody can sign in at the provider of the admin.', { error: problem });
    const parts = {
      ...options,
      oidc,
      hosts: options.hosts ?? [],
      pages,
      clock,
      tickets,
      origins,
      behindProxy,
    };
    const app = createAdminApp({ ...parts, page: readPage(options.page) });
    const { server, stopWatch } = createAdminServer((request, env) => app.fetch(request, env), {
      ...{ files, clock, logger },
      onCertificate: (endsAt) => options.master()?.noteCertificate({ place: 'admin', endsAt }),
    });
    const sockets = new FeedSockets(parts);
    server.on('upgrade', (request, socket, head) => sockets.take(request, socket, head));
    try {
      await listening(server, port, listen);
    } catch (error) {
      stopWatch();
      throw listenError(error as NodeJS.ErrnoException, { serverId: 'admin', port, host: listen });
    }
    return new Admin(options, server, sockets, stopWatch);
  }

  /**
   * The link for the first account, where nobody has one yet: whoever begins the cluster is shown it.
   *
   * @param anew whether also while one is still good that a former master has shown @default true
   * @throws ACCOUNTS_UNREADABLE, ACCOUNTS_UNWRITABLE
   */
  async firstLink(anew = true): Promise<string | undefined> {
    const token = await this.#options.master()?.accounts.firstLink(anew);
    return token === undefined ? undefined : `${this.url}/#setup=${token}`;
  }

  /** Ends all connections; answers under way have a moment to leave. */
  close(): Promise<void> {
    this.#stopWatch();
    this.#sockets.close();
    return new Promise((resolve) => {
      const { clock = systemClock } = this.#options;
      const cancel = clock.after(lastMs, () => this.#server.closeAllConnections());
      this.#server.close(() => {
        cancel();
        resolve();
      });
      this.#server.closeIdleConnections();
    });
  }
}

function listening(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
