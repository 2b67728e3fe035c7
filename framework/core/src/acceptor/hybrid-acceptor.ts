import { createServer as createHttpServer, type Server as HttpServer, type IncomingMessage } from 'node:http';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { type Clock, type Counters, type Logger, PomeloError } from '@pomelo-ts/common';
import type { TickFlusher } from '@pomelo-ts/common/internal';
import { PackageSplitter, ProtocolError, splitPackages } from '@pomelo-ts/protocol';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Acceptor } from '../acceptor.js';
import type { SessionTable } from '../session/session-table.js';
import {
  ClientConnection,
  type ConnectionOwner,
  connectionState,
  type SendQueueBound,
} from './client-connection.js';
import { type ClientSocket, DeflateClientSocket, TcpClientSocket, WebClientSocket } from './client-socket.js';
import { type ConnectionFacts, ProxyTrust, tcpFacts, webSocketFacts } from './connect-info.js';
import type { Handshaker } from './handshaker.js';
import type { HttpEndpoints } from './http-endpoints.js';
import { type OriginRule, originAllowed } from './origin-policy.js';

/** Settings of a {@link HybridAcceptor}. */
export interface HybridAcceptorOptions {
  readonly serverId: string;
  readonly host: string;
  readonly port: number;
  readonly heartbeatTimeoutMs: number | false;
  readonly handshakeTimeoutMs: number;
  readonly maxPackageBytes: number;
  readonly maxConnections: number;
  readonly sendQueue: SendQueueBound;
  readonly origins: OriginRule;
  readonly compression: boolean;
  readonly trustedProxies: readonly string[];
  readonly sessions: SessionTable;
  readonly handshaker: Handshaker;
  readonly http: HttpEndpoints;
  readonly flusher: TickFlusher;
  readonly counters: Counters;
  readonly clock: Clock;
  readonly logger: Logger;
  onMessage(connection: ClientConnection, bytes: Uint8Array, start: number, end: number): void;
}

/** How often silent and unfinished connections are looked for, in ms. */
const sweepMs = 1000;
/** How long a client may take to see its connection's end, in ms. */
const closeTimeoutMs = 2000;

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
  readonly #http: HttpServer;
  readonly #webSockets: WebSocketServer;
  readonly #connections = new Set<ClientConnection>();
  /** Sockets that are no working client, with the time by which they must be one or be gone. */
  readonly #unfinished = new Map<Socket, number>();
  #stopSweep: () => void = () => {};
  #closed: Promise<void> | undefined;

  constructor(options: HybridAcceptorOptions) {
    this.#options = options;
    this.flusher = options.flusher;
    this.counters = options.counters;
    this.sendQueue = options.sendQueue;
    this.heartbeats = options.heartbeatTimeoutMs !== false;
    this.#trust = new ProxyTrust(options.trustedProxies);
    this.#tcp = createTcpServer({ noDelay: true }, (socket) => this.#onSocket(socket));
    this.#http = createHttpServer((request, response) => options.http.handle(request, response));
    this.#http.on('upgrade', (request, socket, head) => this.#onUpgrade(request, socket as Socket, head));
    this.#http.on('clientError', (_error, socket) => {
      this.counters.add('client.faults.http');
      socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
    });
    this.#webSockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      skipUTF8Validation: true,
      perMessageDeflate: options.compression,
      maxPayload: 4 * (options.maxPackageBytes + 4),
    });
  }

  get connections(): number {
    return this.#connections.size;
  }

  async listen(): Promise<number> {
    const { host, port, serverId, clock } = this.#options;
    await new Promise<void>((resolve, reject) => {
      this.#tcp.once('error', (error: NodeJS.ErrnoException) => {
        reject(
          error.code === 'EADDRINUSE'
            ? new PomeloError('PORT_IN_USE', { serverId, host, port, holder: '' })
            : error,
        );
      });
      this.#tcp.listen(port, host, () => resolve());
    });
    this.#stopSweep = clock.every(sweepMs, () => this.#sweep());
    return (this.#tcp.address() as { port: number }).port;
  }

  stopAccepting(): void {
    this.#closed ??= new Promise((resolve) => this.#tcp.close(() => resolve()));
  }

  async close(reason: string): Promise<void> {
    this.stopAccepting();
    for (const connection of [...this.#connections]) connection.kick(reason);
    const cancel = this.#options.clock.after(closeTimeoutMs, () => {
      for (const socket of this.#unfinished.keys()) socket.destroy();
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
    this.#connections.delete(connection);
    const { raw } = connection.socket;
    if (!raw.destroyed) this.#deadline(raw, closeTimeoutMs);
    this.#options.sessions.close(connection.session, reason);
  }

  #onSocket(socket: Socket): void {
    socket.on('error', ignoreSocketError);
    // Sockets beyond the cap are let in only so far that they can be told.
    if (this.#unfinished.size > 1000 + this.#options.maxConnections) {
      this.counters.add('client.refused.tooMany');
      socket.destroy();
      return;
    }
    this.#deadline(socket, this.#options.handshakeTimeoutMs);
    socket.once('close', () => this.#unfinished.delete(socket));
    socket.once('data', (chunk: Buffer) => {
      if (isHttp(chunk[0]!)) this.#toHttp(socket, chunk);
      else this.#onTcpClient(socket, chunk);
    });
  }

  #deadline(socket: Socket, ms: number): void {
    this.#unfinished.set(socket, this.#options.clock.now() + ms);
  }

  #toHttp(socket: Socket, chunk: Buffer): void {
    socket.pause();
    socket.unshift(chunk);
    this.#http.emit('connection', socket);
    socket.resume();
  }

  #onTcpClient(socket: Socket, chunk: Buffer): void {
    if (this.#full()) {
      socket.destroy();
      return;
    }
    const splitter = new PackageSplitter({ maxPackageBytes: this.#options.maxPackageBytes });
    const connection = this.#add(new TcpClientSocket(socket), tcpFacts(socket, this.#trust), socket);
    const read = (bytes: Buffer): void => guard(connection, () => splitter.push(bytes, connection));
    socket.on('data', read);
    read(chunk);
  }

  #onUpgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    if (!originAllowed(this.#options.origins, request.headers)) {
      this.counters.add('client.refused.origin');
      refuseUpgrade(socket, '403 Forbidden', `origin ${request.headers.origin} is not allowed here`);
      return;
    }
    if (this.#full()) {
      refuseUpgrade(socket, '503 Service Unavailable', 'this server is full');
      return;
    }
    const facts = webSocketFacts(request, this.#trust);
    this.#webSockets.handleUpgrade(request, socket, head, (ws) => this.#onWebSocket(ws, socket, facts));
  }

  #onWebSocket(ws: WebSocket, socket: Socket, facts: ConnectionFacts): void {
    const deflated = ws.extensions.includes('permessage-deflate');
    const clientSocket = deflated ? new DeflateClientSocket(ws, socket) : new WebClientSocket(ws, socket);
    const connection = this.#add(clientSocket, facts, socket);
    const { maxPackageBytes } = this.#options;
    ws.on('error', () => connection.fault('webSocket'));
    ws.on('message', (data) => {
      if (!connection.closed)
        guard(connection, () => splitPackages(data as Buffer, maxPackageBytes, connection));
    });
  }

  #full(): boolean {
    if (this.#connections.size < this.#options.maxConnections) return false;
    this.counters.add('client.refused.full');
    return true;
  }

  #add(clientSocket: ClientSocket, facts: ConnectionFacts, socket: Socket): ClientConnection {
    const connection = new ClientConnection(clientSocket, facts, this);
    connection.session = this.#options.sessions.open(connection);
    this.#connections.add(connection);
    this.#unfinished.delete(socket);
    this.counters.add('client.connections');
    socket.once('close', () => connection.gone('disconnected'));
    return connection;
  }

  /** One look a second at everybody, instead of a timer each. */
  #sweep(): void {
    this.second++;
    const { clock, heartbeatTimeoutMs, handshakeTimeoutMs } = this.#options;
    const now = clock.now();
    const silentSince =
      heartbeatTimeoutMs === false ? -1 : this.second - Math.ceil(heartbeatTimeoutMs / sweepMs);
    const handshakeSince = this.second - Math.ceil(handshakeTimeoutMs / sweepMs);
    for (const connection of this.#connections) {
      const working = connection.state === connectionState.working;
      if (connection.heardAt >= (working ? silentSince : handshakeSince)) continue;
      this.counters.add(working ? 'client.timedOut' : 'client.neverHandshook');
      connection.gone(working ? 'heartbeat timeout' : 'handshake timeout');
    }
    for (const [socket, deadline] of this.#unfinished) if (deadline < now) socket.destroy();
  }
}

function ignoreSocketError(): void {
  // The close event that follows says all that matters of a client's broken connection.
}

/** Every HTTP method begins with a capital letter, every package with a type from 1 to 5. */
function isHttp(firstByte: number): boolean {
  return firstByte >= 0x41 && firstByte <= 0x5a;
}

function guard(connection: ClientConnection, read: () => void): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    connection.fault(error.code);
  }
}

function refuseUpgrade(socket: Socket, status: string, message: string): void {
  const body = `${JSON.stringify({ code: Number(status.slice(0, 3)), message })}\n`;
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
