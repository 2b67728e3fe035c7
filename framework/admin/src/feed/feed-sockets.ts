import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Clock, Logger } from '@pomelo-ts/common';
import type { Leader, Master, Visitor } from '@pomelo-ts/master';
import { WebSocketServer } from 'ws';
import { leading } from '../http/app.js';
import type { Origins } from '../http/origins.js';
import { feedPath } from '../http/routes.js';
import { FeedSocket } from './feed-socket.js';
import type { Tickets } from './tickets.js';

/** What {@link FeedSockets} work with. */
export interface FeedSocketsParts {
  master(): Master | undefined;
  leader(): Leader | undefined;
  readonly origins: Origins;
  readonly tickets: Tickets;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Longest message of a client, in bytes, and most sockets at once. */
const [longestMessage, mostSockets] = [64 * 1024, 200];
const protocol = 'pomelo-admin';

/** WebSockets over which pages watch: each is for one who has given a ticket. */
export class FeedSockets {
  readonly #parts: FeedSocketsParts;
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: longestMessage,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(protocol) ? protocol : false),
  });

  constructor(parts: FeedSocketsParts) {
    this.#parts = parts;
  }

  /** Takes one that wants to become a WebSocket, or tells by a status why not. */
  take(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const refused = this.#refusal(request);
    if (refused !== undefined) {
      refuse(socket, refused);
      return;
    }
    const visitor = this.#visitorOf(request);
    if (!visitor) {
      refuse(socket, '401 Unauthorized');
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      const { origins, clock, logger } = this.#parts;
      const master = () => leading(this.#parts);
      const asking = { visitor, from: origins.addressOf(request) };
      new FeedSocket(webSocket, { asking, master, clock, logger }).begin();
    });
  }

  close(): void {
    for (const client of this.#server.clients) client.close(1001, 'the admin ends');
    this.#server.close();
  }

  #refusal({ url, headers }: IncomingMessage): string | undefined {
    const { origins } = this.#parts;
    if (url !== feedPath) return '404 Not Found';
    if (!origins.knowsHost(headers) || !origins.isOwn(headers)) return '403 Forbidden';
    return this.#server.clients.size >= mostSockets ? '503 Service Unavailable' : undefined;
  }

  /** The ticket goes as a subprotocol: an address would be in logs. */
  #visitorOf({ headers }: IncomingMessage): Visitor | undefined {
    const offered = headers['sec-websocket-protocol']?.split(',').map((one) => one.trim()) ?? [];
    const ticket = offered.find((one) => one.startsWith('ticket.'));
    return ticket === undefined ? undefined : this.#parts.tickets.take(ticket.slice('ticket.'.length));
  }
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}
