import { type IncomingMessage, STATUS_CODES } from 'node:http';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { listenError, type TickFlusher } from '@pomelo-ts/common/internal';
import { encodeUtf8, PackageSplitter, packageType, splitPackages } from '@pomelo-ts/protocol';
import type { AcceptorContext, MovingAcceptor, TakenLink } from '../acceptor.js';
import type { ClientLink } from '../client-link.js';
import type { CoreMeasures } from '../measures.js';
import type { WireFormat } from '../wire/push.js';
import { type WebSocket, WebSocketServer } from '../wire/web-sockets.js';
import { ClientConnection, type ConnectionOwner, type SendQueueBound } from './client-connection.js';
import { ClientFaults } from './client-faults.js';
import { type ClientSocket, DeflateClientSocket, TcpClientSocket, WebClientSocket } from './client-socket.js';
import { type ConnectionFacts, ProxyTrust, tcpFacts, webSocketFacts } from './connect-info.js';
import { attach } from './detached-socket.js';
import { dropSilent } from './drop-silent.js';
import { Handshaker } from './handshaker.js';
import { HttpSide, isHttp, refusalOf, refuseRequest } from './http-side.js';
import { Inflation } from './inflation.js';
import { listenAtFirst } from './listen-at-first.js';
import { type MessageBounds, messageBounds, revive } from './living-web-socket.js';
import { pushFrame } from './message-frames.js';
import { OneAddress } from './one-address.js';
import { packageFrame, packagesOf } from './package-frame.js';
import type { Places } from './places.js';
import { addressOf, readProxied } from './proxied-socket.js';
import { mayBeProxyHeader } from './proxy-header.js';
import type { SendQueues } from './send-queues.js';
import { blacklisted } from './unwelcome.js';

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
/** What a client's compressed messages of one second may become, in longest messages. */
const inflatedMessages = 4;

/** Where a socket keeps the client that it belongs to: one listener for all sockets instead of a closure for each. */
const client = Symbol('client');
type Owned = { [client]?: ClientConnection };

/** WebSocket, raw TCP and plain HTTP on one port, told apart by the first byte. */
export class HybridAcceptor implements MovingAcceptor, ConnectionOwner {
  readonly flusher: TickFlusher;
  readonly counters: CoreMeasures;
  readonly sendQueue: SendQueueBound;
  readonly queues: SendQueues;
  readonly format: WireFormat<Buffer>;
  readonly heartbeats: boolean;
  second = 0;
  readonly #context: AcceptorContext;
  readonly #clients = new Set<ClientConnection>();
  readonly #handshaker: Handshaker;
  readonly #trust: ProxyTrust;
  readonly #tcp: Server;
  readonly #http: HttpSide;
  readonly #webSockets: WebSocketServer;
  readonly #messages: MessageBounds;
  readonly #places: Places;
  readonly #onSocketClose: (this: Socket) => void;
  readonly #onFirstBytes: (this: Socket, bytes: Buffer) => void;
  readonly #onWebSocketMessage: (this: WebSocket, data: unknown) => void;
  readonly #onWebSocketError: (this: WebSocket, error: Error & { code?: string }) => void;
  readonly #onInflated: (this: WebSocket, data: unknown) => void;
  readonly #inflation: Inflation;
  readonly #faults: ClientFaults;
  readonly #oneAddress: OneAddress | undefined;
  /** What the client that came last called this server: nearly all call it the same. */
  #hostHeader: string | undefined;
  #stopSweep: () => void = () => {};
  #closed: Promise<void> | undefined;

  constructor(context: AcceptorContext, compression: boolean) {
    const { client: settings, logger } = context;
    this.#context = context;
    this.flusher = context.flusher;
    this.counters = context.counters;
    this.sendQueue = settings.sendQueue;
    this.queues = context.queues;
    this.format = context.formats.add('packages', pushFrame);
    this.#places = context.places;
    this.heartbeats = settings.heartbeatTimeoutMs !== false;
    this.#handshaker = new Handshaker(context);
    this.#trust = new ProxyTrust(settings.trustedProxies);
    this.#tcp = createTcpServer({ noDelay: true }, (socket) => this.accept(socket));
    this.#http = new HttpSide({
      onRequest: (request, response) => {
        this.#end(request.socket, httpTimeoutMs);
        const { socket, headers } = request;
        if (this.#places.turnsAway(this.#trust.addressOf(addressOf(socket), headers)))
          refuseRequest(response);
        else context.http.handle(request, response);
      },
      onWebSocket: (request, socket, head) => this.#onUpgrade(request, socket, head),
      onFault: (socket) => {
        this.counters.clientFaults.http.add();
        if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
        this.#end(socket, closeTimeoutMs);
      },
    });
    const { maxPackageBytes } = settings;
    this.#messages = messageBounds(maxPackageBytes);
    const perMessageDeflate = compression;
    this.#webSockets = new WebSocketServer({
      ...{ noServer: true, clientTracking: false, perMessageDeflate },
      ...this.#messages,
    });
    // On the machine of a developer all do come from there.
    if (settings.trustedProxies.length === 0 && context.env !== 'development')
      this.#oneAddress = new OneAddress(this.#places, logger);
    this.#inflation = new Inflation(inflatedMessages * this.#messages.maxPayload);
    this.#faults = new ClientFaults(logger, maxPackageBytes);
    const acceptor = this;
    this.#onSocketClose = function () {
      acceptor.#places.opening.delete(this);
      acceptor.#places.ending.delete(this);
      (this as Owned)[client]?.drop('disconnected');
    };
    this.#onFirstBytes = function (bytes) {
      this.off('data', acceptor.#onFirstBytes);
      acceptor.#onFirst(this, bytes);
    };
    this.#stopSweep = context.clock.every(sweepMs, () => this.#sweep());
    this.#onInflated = function (data) {
      const connection = (this as Owned)[client]!;
      if (connection.closed) return; // more of its messages may have been under way
      const verdict = acceptor.#inflation.charge(this, (data as Buffer).length);
      if (verdict === 'paused') acceptor.counters.clientPausedInflation.add();
      else if (verdict === 'tooMuch') {
        acceptor.counters.clientFaults.inflation.add();
        connection.drop('protocol error'); // it is not read, so that it could not take leave
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

  async listen(port: number): Promise<number> {
    const { hosts, serverId } = this.#context;
    const failure = await listenAtFirst(this.#tcp, hosts, { port, backlog });
    if (failure) throw listenError(failure.error, { serverId, host: failure.host, port });
    // Once it listens: a connection that could not be accepted, for want of file descriptors say.
    this.#tcp.on('error', () => this.counters.clientFailedAccepts.add());
    return (this.#tcp.address() as { port: number }).port;
  }

  stopAccepting(): void {
    this.#closed ??= new Promise((resolve) => this.#tcp.close(() => resolve()));
  }

  async close(reason: string): Promise<void> {
    this.stopAccepting();
    for (const connection of [...this.#clients]) connection.kick(reason);
    for (const socket of this.#places.opening.all()) socket.destroy();
    const cancel = this.#context.clock.after(closeTimeoutMs, () => {
      for (const socket of this.#places.ending.all()) socket.destroy();
    });
    await this.#closed;
    cancel();
    this.#stopSweep();
  }

  shared(hostHeader: string | undefined): string | undefined {
    if (hostHeader !== this.#hostHeader) this.#hostHeader = hostHeader;
    return this.#hostHeader;
  }

  onHandshake(connection: ClientConnection, bytes: Uint8Array, start: number, end: number): void {
    this.#handshaker.answer(connection, bytes, start, end);
  }

  onClosed(connection: ClientConnection): void {
    this.#forget(connection);
    const { raw } = connection.socket;
    if (!raw.destroyed) this.#end(raw, closeTimeoutMs);
  }

  /** Takes a connection that somebody has opened. */
  accept(socket: Socket): void {
    socket.on('error', ignoreSocketError);
    if (this.#turnsAway(socket)) return;
    this.#places.makeRoom();
    const { clock, client: settings } = this.#context;
    const deadline = clock.now() + settings.handshakeTimeoutMs;
    this.#opening(socket, deadline);
    socket.on('close', this.#onSocketClose);
    if (!settings.proxyProtocol || !this.#trust.trusts(socket.remoteAddress ?? '')) {
      socket.on('data', this.#onFirstBytes);
      return;
    }
    readProxied(socket, {
      onBytes: (bytes) => this.#onFirst(socket, bytes),
      onAddress: () => {
        if (this.#turnsAway(socket)) return false;
        this.#opening(socket, deadline); // it shares with those of the client's address now
        return true;
      },
      onInvalid: () => {
        this.counters.clientFaults.proxyHeader.add();
        this.#faults.ofProxyHeader(socket);
        socket.destroy();
      },
    });
  }

  /** Ends who comes from where nobody may come from, without a word; a reset leaves nothing behind in the system. */
  #turnsAway(socket: Socket): boolean {
    if (!this.#places.turnsAway(addressOf(socket))) return false;
    socket.resetAndDestroy();
    return true;
  }

  /** Until `deadline` the socket must be a client, or ask by HTTP. */
  #opening(socket: Socket, deadline: number): void {
    const evicted = this.#places.opening.add(socket, addressOf(socket), deadline);
    if (!evicted) return;
    this.counters.clientRefused.tooMany.add();
    evicted.destroy();
  }

  #onFirst(socket: Socket, bytes: Buffer): void {
    if (mayBeProxyHeader(bytes[0]!)) this.#faults.ofUnexpectedHeader(socket, bytes);
    if (isHttp(bytes[0]!)) this.#http.accept(socket, bytes);
    else this.#onTcpClient(socket, bytes);
  }

  takeApart(link: ClientLink): TakenLink | undefined {
    if (!(link instanceof ClientConnection) || !this.#clients.has(link)) return undefined;
    const unread = link.takeApart();
    if (!unread) return undefined;
    this.#forget(link);
    const { socket, address, hostHeader } = link;
    const transport = socket instanceof TcpClientSocket ? 'tcp' : 'websocket';
    return { carrier: socket.raw, state: { transport, unread, address, hostHeader } };
  }

  adopt({ carrier: socket, state }: TakenLink): ClientLink {
    const { transport, unread, address, hostHeader } = state;
    const headers = hostHeader === undefined ? {} : { host: hostHeader };
    const facts = { transport, remoteAddress: address, headers, query: new URLSearchParams() };
    socket.removeAllListeners('error').on('error', ignoreSocketError);
    socket.on('close', this.#onSocketClose);
    const connection =
      transport === 'tcp' ? this.#adoptTcp(socket, facts, unread) : this.#adoptWeb(socket, facts, unread);
    if (socket.destroyed) connection.drop('disconnected');
    else attach(socket, this.#tcp);
    if (this.#places.turnsAway(address)) connection.kick(blacklisted); // put there while the client was at neither
    return connection;
  }

  #adoptTcp(socket: Socket, facts: ConnectionFacts, unread: Uint8Array): ClientConnection {
    const { connection, read } = this.#openTcp(socket, facts);
    connection.goOn();
    read(unread);
    return connection;
  }

  #adoptWeb(socket: Socket, facts: ConnectionFacts, unread: Uint8Array): ClientConnection {
    const { ws, start } = revive(socket, Buffer.from(unread), this.#messages);
    const connection = this.#onWebSocket(ws, socket, facts);
    connection.goOn();
    start();
    return connection;
  }

  #forget(connection: ClientConnection): void {
    this.#clients.delete(connection);
    this.queues.forget(connection);
  }

  /** From now on the socket only waits for its end. */
  #end(socket: Socket, ms: number): void {
    this.#places.opening.delete(socket);
    this.#places.ending.add(socket, addressOf(socket), this.#context.clock.now() + ms);
  }

  #onTcpClient(socket: Socket, chunk: Buffer): void {
    const facts = tcpFacts(socket, this.#trust);
    const refusal = this.#places.refusalOf(facts.remoteAddress);
    if (refusal) {
      socket.end(packagesOf(packageFrame(packageType.handshake, encodeUtf8(JSON.stringify(refusal)))));
      this.#end(socket, closeTimeoutMs);
      return;
    }
    this.#openTcp(socket, facts).read(chunk);
  }

  #openTcp(
    socket: Socket,
    facts: ConnectionFacts,
  ): { connection: ClientConnection; read(bytes: Uint8Array): void } {
    const splitter = new PackageSplitter({ maxPackageBytes: this.#context.client.maxPackageBytes });
    const connection = this.#add(new TcpClientSocket(socket, splitter), facts, socket);
    const read = (bytes: Uint8Array): void => {
      try {
        splitter.push(bytes, connection);
      } catch (error) {
        this.#faults.ofBytes(connection, error);
      }
    };
    socket.on('data', read);
    return { connection, read };
  }

  #onUpgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    if (!this.#context.origins.allows(request.headers)) {
      this.counters.clientRefused.origin.add();
      this.#refuseUpgrade(socket, '403 Forbidden', `origin ${request.headers.origin} is not allowed here`);
      return;
    }
    const facts = webSocketFacts(request, this.#trust);
    const refusal = this.#places.refusalOf(facts.remoteAddress);
    if (refusal) {
      this.#refuseUpgrade(socket, `${refusal.code} ${STATUS_CODES[refusal.code]}`, refusal.message);
      return;
    }
    this.#webSockets.handleUpgrade(request, socket, head, (ws) => {
      socket.off('error', ignoreSocketError); // that of the WebSocket does it as well, and two cost a list for each client
      this.#onWebSocket(ws, socket, facts);
    });
  }

  #refuseUpgrade(socket: Socket, status: string, message: string): void {
    socket.end(refusalOf(status, message));
    this.#end(socket, closeTimeoutMs);
  }

  #onWebSocket(ws: WebSocket, socket: Socket, facts: ConnectionFacts): ClientConnection {
    const deflated = ws.extensions.includes('permessage-deflate');
    const clientSocket = deflated ? new DeflateClientSocket(ws, socket) : new WebClientSocket(ws, socket);
    const connection = this.#add(clientSocket, facts, socket);
    (ws as Owned)[client] = connection;
    ws.on('error', this.#onWebSocketError);
    if (deflated) ws.on('message', this.#onInflated);
    ws.on('message', this.#onWebSocketMessage);
    return connection;
  }

  #add(clientSocket: ClientSocket, facts: ConnectionFacts, socket: Socket): ClientConnection {
    const connection = new ClientConnection(clientSocket, facts, this);
    this.#places.opening.delete(socket);
    (socket as Owned)[client] = connection;
    this.#clients.add(connection);
    connection.session = this.#places.open(connection);
    return connection;
  }

  /** One look a second at everybody, instead of a timer each. */
  #sweep(): void {
    this.second++;
    this.#inflation.nextSecond();
    this.#oneAddress?.look(this.second);
    const { clock, client: settings } = this.#context;
    dropSilent(this.#clients, this.second, settings, this.counters);
    this.#places.expire(clock.now());
  }
}

function ignoreSocketError(): void {
  // The close event that follows says all that matters of a client's broken connection.
}
