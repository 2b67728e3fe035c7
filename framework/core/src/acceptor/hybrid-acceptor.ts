import { type IncomingMessage, STATUS_CODES } from 'node:http';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import type { Clock, Counters, Logger } from '@pomelo-ts/common';
import { listenError, type TickFlusher } from '@pomelo-ts/common/internal';
import {
  encodeUtf8,
  PackageSplitter,
  packageHeadBytes,
  packageType,
  splitPackages,
} from '@pomelo-ts/protocol';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Acceptor } from '../acceptor.js';
import type { SessionTable } from '../session/session-table.js';
import {
  ClientConnection,
  type ConnectionOwner,
  connectionState,
  type SendQueueBound,
} from './client-connection.js';
import { ClientFaults } from './client-faults.js';
import { type ClientSocket, DeflateClientSocket, TcpClientSocket, WebClientSocket } from './client-socket.js';
import { type ConnectionFacts, ProxyTrust, tcpFacts, webSocketFacts } from './connect-info.js';
import type { Handshaker } from './handshaker.js';
import type { HttpEndpoints } from './http-endpoints.js';
import { HttpSide, isHttp, refusalOf } from './http-side.js';
import { Inflation } from './inflation.js';
import { listenAtFirst } from './listen-at-first.js';
import { OneAddress } from './one-address.js';
import type { OriginPolicy } from './origin-policy.js';
import { packageFrame, packagesOf } from './package-frame.js';
import { type PlaceBounds, Places } from './places.js';

/** Settings of a {@link HybridAcceptor}. */
export interface HybridAcceptorOptions extends PlaceBounds {
  readonly serverId: string;
  /** Addresses to listen at: the first one that this machine can. */
  readonly hosts: readonly string[];
  readonly port: number;
  readonly heartbeatTimeoutMs: number | false;
  readonly handshakeTimeoutMs: number;
  readonly maxPackageBytes: number;
  readonly sendQueue: SendQueueBound;
  readonly origins: OriginPolicy;
  readonly compression: boolean;
  readonly trustedProxies: readonly string[];
  /** Whether to warn where all clients seem to come from one address. */
  readonly expectsManyAddresses: boolean;
  readonly sessions: SessionTable;
  readonly handshaker: Handshaker;
  readonly http: HttpEndpoints;
  readonly flusher: TickFlusher;
  readonly counters: Counters;
  readonly clock: Clock;
  readonly logger: Logger;
  onMessage(connection: ClientConnection, bytes: Uint8Array, start: number, end: number): void;
}

/** Connections that may wait to be accepted: after a restart all players come at once. The system may allow fewer. */
const backlog = 4096;
/** How often silent and unfinished connections are looked for, in ms. */
const sweepMs = 1000;
/** How long a client may take to see its connection's end, in ms. */
const closeTimeoutMs = 1000;
/** How long the answer to a plain HTTP request may take to leave, in ms. */
const httpTimeoutMs = 60_000;
/** Packages in one WebSocket frame: far more than a client has to send at once. */
const maxPackages = 1024;
/** Longest WebSocket message, in packages of the longest kind. */
const messagePackages = 4;
/** Bytes that a piece of a long message has on average, be it a fragment or what arrives at once; a few more may be shorter. */
const leastFragmentBytes = 4096;
const leastChunkBytes = 256;
const shortPieces = 64;
/** What a client's compressed messages of one second may become, in longest messages. */
const inflatedMessages = 4;

/** Where a socket keeps the client that it belongs to: one listener for all sockets instead of a closure for each. */
const client = Symbol('client');
type Owned = { [client]?: ClientConnection };

/** WebSocket, raw TCP and plain HTTP on one port, told apart by the first byte. */
export class HybridAcceptor implements Acceptor, ConnectionOwner {
  readonly flusher: TickFlusher;
  readonly counters: Counters;
  readonly sendQueue: SendQueueBound;
  readonly heartbeats: boolean;
  second = 0;
  readonly #options: HybridAcceptorOptions;
  readonly #trust: ProxyTrust;
  readonly #tcp: Server;
  readonly #http: HttpSide;
  readonly #webSockets: WebSocketServer;
  readonly #places: Places;
  readonly #onSocketClose: (this: Socket) => void;
  readonly #onWebSocketMessage: (this: WebSocket, data: unknown) => void;
  readonly #onWebSocketError: (this: WebSocket, error: Error & { code?: string }) => void;
  readonly #onInflated: (this: WebSocket, data: unknown) => void;
  readonly #inflation: Inflation;
  readonly #faults: ClientFaults;
  readonly #oneAddress: OneAddress | undefined;
  #stopSweep: () => void = () => {};
  #closed: Promise<void> | undefined;

  constructor(options: HybridAcceptorOptions) {
    this.#options = options;
    this.flusher = options.flusher;
    this.counters = options.counters;
    this.sendQueue = options.sendQueue;
    this.#places = new Places(options, options.counters);
    this.heartbeats = options.heartbeatTimeoutMs !== false;
    this.#trust = new ProxyTrust(options.trustedProxies);
    this.#tcp = createTcpServer({ noDelay: true }, (socket) => this.accept(socket));
    this.#http = new HttpSide({
      onRequest: (request, response) => {
        this.#end(request.socket, httpTimeoutMs);
        options.http.handle(request, response);
      },
      onWebSocket: (request, socket, head) => this.#onUpgrade(request, socket, head),
      onFault: (socket) => {
        this.counters.add('client.faults.http');
        if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
        this.#end(socket, closeTimeoutMs);
      },
    });
    const { maxPackageBytes } = options;
    const maxPayload = messagePackages * (maxPackageBytes + packageHeadBytes);
    this.#webSockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      skipUTF8Validation: true,
      perMessageDeflate: options.compression,
      maxPayload,
      maxFragments: shortPieces + Math.ceil(maxPayload / leastFragmentBytes),
      maxBufferedChunks: shortPieces + Math.ceil(maxPayload / leastChunkBytes),
    });
    if (options.expectsManyAddresses) this.#oneAddress = new OneAddress(this.#places, options.logger);
    this.#inflation = new Inflation(inflatedMessages * maxPayload);
    this.#faults = new ClientFaults(options.logger, maxPackageBytes);
    const acceptor = this;
    this.#onSocketClose = function () {
      acceptor.#places.opening.delete(this);
      acceptor.#places.greeting.delete(this);
      acceptor.#places.ending.delete(this);
      (this as Owned)[client]?.gone('disconnected');
    };
    this.#stopSweep = options.clock.every(sweepMs, () => this.#sweep());
    this.#onInflated = function (data) {
      const verdict = acceptor.#inflation.charge(this, (data as Buffer).length);
      if (verdict === 'paused') acceptor.counters.add('client.pausedInflation');
      else if (verdict === 'tooMuch') {
        acceptor.counters.add('client.faults.inflation');
        (this as Owned)[client]!.gone('protocol error'); // it is not read, so that it could not take leave
      }
    };
    this.#onWebSocketError = function (error) {
      acceptor.#faults.ofWebSocket((this as Owned)[client]!, error);
    };
    this.#onWebSocketMessage = function (data) {
      const connection = (this as Owned)[client]!;
      if (connection.closed) return;
      try {
        splitPackages(data as Buffer, maxPackageBytes, connection, maxPackages);
      } catch (error) {
        acceptor.#faults.ofBytes(connection, error);
      }
    };
  }

  get connections(): number {
    return this.#places.clients.size;
  }

  /** Opens the port, the configured one or `port`; gives the one that it is. @throws PORT_IN_USE, PORT_UNUSABLE */
  async listen(port = this.#options.port): Promise<number> {
    const { hosts, serverId } = this.#options;
    const failure = await listenAtFirst(this.#tcp, hosts, { port, backlog });
    if (failure) throw listenError(failure.error, { serverId, host: failure.host, port });
    // Once it listens: a connection that could not be accepted, for want of file descriptors say.
    this.#tcp.on('error', () => this.counters.add('client.failedAccepts'));
    return (this.#tcp.address() as { port: number }).port;
  }

  stopAccepting(): void {
    this.#closed ??= new Promise((resolve) => this.#tcp.close(() => resolve()));
  }

  async close(reason: string): Promise<void> {
    this.stopAccepting();
    for (const connection of [...this.#places.clients]) connection.kick(reason);
    for (const socket of this.#places.opening.all()) socket.destroy();
    const cancel = this.#options.clock.after(closeTimeoutMs, () => {
      for (const socket of this.#places.ending.all()) socket.destroy();
    });
    await this.#closed;
    cancel();
    this.#stopSweep();
  }

  onHandshake(connection: ClientConnection, bytes: Uint8Array, start: number, end: number): void {
    this.#options.handshaker.answer(connection, bytes, start, end);
  }

  onMessage(connection: ClientConnection, bytes: Uint8Array, start: number, end: number): void {
    this.#options.onMessage(connection, bytes, start, end);
  }

  onClosed(connection: ClientConnection, reason: string): void {
    this.#places.delete(connection);
    const { raw } = connection.socket;
    if (!raw.destroyed) this.#end(raw, closeTimeoutMs);
    this.#options.sessions.close(connection.session, reason);
  }

  onWorking(connection: ClientConnection): void {
    this.#places.greeting.delete(connection.socket.raw);
    if (connection.session.uid === undefined) this.#places.guests.add(connection);
  }

  /** The client's session was bound to a uid: it gives way to nobody. */
  onBound(connection: ClientConnection): void {
    this.#places.guests.delete(connection);
  }

  onUnbound(connection: ClientConnection): void {
    if (connection.state === connectionState.working) this.#places.guests.add(connection);
  }

  onDone(connection: ClientConnection): void {
    this.#places.origins.leave(connection.origin);
  }

  /** Takes a connection that somebody has opened. */
  accept(socket: Socket): void {
    socket.on('error', ignoreSocketError);
    this.#places.makeRoom()?.destroy();
    const evicted = this.#places.opening.add(socket, socket.remoteAddress ?? '', this.#handshakeDeadline());
    if (evicted) {
      this.counters.add('client.refused.tooMany');
      evicted.destroy();
    }
    socket.on('close', this.#onSocketClose);
    socket.once('data', (chunk: Buffer) => {
      if (isHttp(chunk[0]!)) this.#http.accept(socket, chunk);
      else this.#onTcpClient(socket, chunk);
    });
  }

  #handshakeDeadline(): number {
    return this.#options.clock.now() + this.#options.handshakeTimeoutMs;
  }

  /** From now on the socket only waits for its end. */
  #end(socket: Socket, ms: number): void {
    this.#places.opening.delete(socket);
    this.#places.ending.add(socket, socket.remoteAddress ?? '', this.#options.clock.now() + ms);
  }

  #onTcpClient(socket: Socket, chunk: Buffer): void {
    const facts = tcpFacts(socket, this.#trust);
    const refusal = this.#places.refusalOf(facts.remoteAddress, this.#evict);
    if (refusal) {
      socket.end(packagesOf(packageFrame(packageType.handshake, encodeUtf8(JSON.stringify(refusal)))));
      this.#end(socket, closeTimeoutMs);
      return;
    }
    const splitter = new PackageSplitter({ maxPackageBytes: this.#options.maxPackageBytes });
    const connection = this.#add(new TcpClientSocket(socket), facts, socket);
    const read = (bytes: Buffer): void => {
      try {
        splitter.push(bytes, connection);
      } catch (error) {
        this.#faults.ofBytes(connection, error);
      }
    };
    socket.on('data', read);
    read(chunk);
  }

  #onUpgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    if (!this.#options.origins.allows(request.headers)) {
      this.counters.add('client.refused.origin');
      this.#refuseUpgrade(socket, '403 Forbidden', `origin ${request.headers.origin} is not allowed here`);
      return;
    }
    const facts = webSocketFacts(request, this.#trust);
    const refusal = this.#places.refusalOf(facts.remoteAddress, this.#evict);
    if (refusal) {
      this.#refuseUpgrade(socket, `${refusal.code} ${STATUS_CODES[refusal.code]}`, refusal.message);
      return;
    }
    this.#webSockets.handleUpgrade(request, socket, head, (ws) => this.#onWebSocket(ws, socket, facts));
  }

  #refuseUpgrade(socket: Socket, status: string, message: string): void {
    socket.end(refusalOf(status, message));
    this.#end(socket, closeTimeoutMs);
  }

  #onWebSocket(ws: WebSocket, socket: Socket, facts: ConnectionFacts): void {
    const deflated = ws.extensions.includes('permessage-deflate');
    const clientSocket = deflated ? new DeflateClientSocket(ws, socket) : new WebClientSocket(ws, socket);
    (ws as Owned)[client] = this.#add(clientSocket, facts, socket);
    ws.on('error', this.#onWebSocketError);
    if (deflated) ws.on('message', this.#onInflated);
    ws.on('message', this.#onWebSocketMessage);
  }

  #add(clientSocket: ClientSocket, facts: ConnectionFacts, socket: Socket): ClientConnection {
    const origin = this.#places.origins.enter(facts.remoteAddress);
    const connection = new ClientConnection(clientSocket, facts, origin, this);
    connection.session = this.#options.sessions.open(connection);
    this.#places.add(connection);
    this.#places.opening.delete(socket);
    const evicted = this.#places.greeting.add(socket, facts.remoteAddress, this.#handshakeDeadline());
    if (evicted) this.#evict(evicted);
    (socket as Owned)[client] = connection;
    this.counters.add('client.connections');
    return connection;
  }

  /** Ends a client in its handshake, for want of room. */
  readonly #evict = (socket: Socket): void => {
    this.counters.add('client.refused.tooMany');
    (socket as Owned)[client]?.gone('too many handshakes');
  };

  /** One look a second at everybody, instead of a timer each. */
  #sweep(): void {
    this.second++;
    this.#inflation.nextSecond();
    this.#oneAddress?.look(this.second);
    const { clock, heartbeatTimeoutMs, handshakeTimeoutMs } = this.#options;
    const now = clock.now();
    const silentSince =
      heartbeatTimeoutMs === false ? -1 : this.second - Math.ceil(heartbeatTimeoutMs / sweepMs);
    const handshakeSince = this.second - Math.ceil(handshakeTimeoutMs / sweepMs);
    for (const connection of this.#places.clients) {
      const working = connection.state === connectionState.working;
      if (connection.heardAt >= (working ? silentSince : handshakeSince)) continue;
      this.counters.add(working ? 'client.timedOut' : 'client.neverHandshook');
      connection.gone(working ? 'heartbeat timeout' : 'handshake timeout');
    }
    for (const socket of this.#places.opening.expired(now)) {
      this.counters.add('client.neverHandshook');
      this.#places.opening.delete(socket);
      socket.destroy();
    }
    for (const socket of this.#places.ending.expired(now)) {
      this.#places.ending.delete(socket);
      socket.destroy();
    }
  }
}

function ignoreSocketError(): void {
  // The close event that follows says all that matters of a client's broken connection.
}
