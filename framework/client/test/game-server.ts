import {
  encodeMessage,
  encodePackage,
  encodeUtf8,
  type HandshakeRequest,
  type HandshakeResponse,
  MessageView,
  messageType,
  packageType,
  readMessage,
  splitPackages,
} from '@pomelo-ts/protocol';
import { type WebSocket, WebSocketServer } from 'ws';

/** A request or notify as it came, and the means to answer it. */
export interface Received {
  type: number;
  id: number;
  route: string;
  routeCode: number;
  body: Uint8Array;
  peer: Peer;
}

export interface GameServerOptions {
  /** Undefined for no answer. */
  handshake?: (request: HandshakeRequest, peer: Peer) => HandshakeResponse | undefined;
  onMessage?: (message: Received) => void;
  /** Answer heartbeats, as stock servers do. Default true. */
  echo?: boolean;
}

/** A real WebSocket server that speaks the wire format as a stock server does, and keeps what it hears. */
export class GameServer {
  readonly peers: Peer[] = [];
  readonly handshakes: HandshakeRequest[] = [];
  readonly #server: WebSocketServer;

  private constructor(server: WebSocketServer, options: GameServerOptions) {
    this.#server = server;
    server.on('connection', (socket) => this.peers.push(new Peer(socket, this, options)));
  }

  static start(options: GameServerOptions = {}, port = 0): Promise<GameServer> {
    return new Promise((resolve, reject) => {
      const server = new WebSocketServer({ port, host: '127.0.0.1' });
      server.once('error', reject);
      server.once('listening', () => resolve(new GameServer(server, options)));
    });
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}`;
  }

  /** The connection made last. */
  get peer(): Peer {
    const peer = this.peers.at(-1);
    if (peer === undefined) throw new Error('nobody connected');
    return peer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const peer of this.peers) peer.socket.terminate();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

export class Peer {
  readonly socket: WebSocket;
  /** Types of the packages of each frame. */
  readonly frames: number[][] = [];
  heartbeats = 0;

  constructor(socket: WebSocket, server: GameServer, options: GameServerOptions) {
    this.socket = socket;
    const view = new MessageView();
    socket.on('message', (data: Buffer) => {
      const types: number[] = [];
      this.frames.push(types);
      splitPackages(data, 1 << 20, {
        onPackage: (type, bytes, start, end) => {
          types.push(type);
          if (type === packageType.handshake) {
            const request = JSON.parse(
              Buffer.from(bytes.subarray(start, end)).toString(),
            ) as HandshakeRequest;
            server.handshakes.push(request);
            const response = (options.handshake ?? (() => ({ code: 200 })))(request, this);
            if (response === undefined) return;
            this.send(encodePackage(packageType.handshake, json(response)));
            if (response.code !== 200) socket.close();
          } else if (type === packageType.heartbeat || type === packageType.handshakeAck) {
            if (type === packageType.heartbeat) this.heartbeats++;
            if (options.echo ?? true) this.send(encodePackage(packageType.heartbeat));
          } else if (type === packageType.data) {
            readMessage(bytes, start, end, view);
            const { id, route, routeCode, bodyStart, bodyEnd } = view;
            const body = Uint8Array.from(bytes.subarray(bodyStart, bodyEnd));
            options.onMessage?.({ type: view.type, id, route, routeCode, body, peer: this });
          }
        },
      });
    });
  }

  send(...packages: Uint8Array[]): void {
    this.socket.send(Buffer.concat(packages));
  }

  respond(id: number, body: unknown): void {
    this.send(responsePackage(id, body));
  }

  push(route: string | number, body: unknown): void {
    this.send(pushPackage(route, body));
  }

  kick(reason: string): void {
    this.send(encodePackage(packageType.kick, json({ reason })));
  }
}

export function responsePackage(id: number, body: unknown): Uint8Array {
  return encodePackage(packageType.data, encodeMessage(messageType.response, id, '', bytesFor(body)));
}

export function pushPackage(route: string | number, body: unknown): Uint8Array {
  return encodePackage(packageType.data, encodeMessage(messageType.push, 0, route, bytesFor(body)));
}

export function json(value: unknown): Uint8Array {
  return encodeUtf8(JSON.stringify(value));
}

function bytesFor(body: unknown): Uint8Array {
  return body instanceof Uint8Array ? body : json(body);
}

/** Answers every request with its own route and body. */
export function echo({ id, type, route, body, peer }: Received): void {
  if (type === messageType.request)
    peer.respond(id, { route, body: JSON.parse(Buffer.from(body).toString()) });
}
