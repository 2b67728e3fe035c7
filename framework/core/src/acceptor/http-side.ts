import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';
import { answerJson } from './http-endpoints.js';

/** What becomes of HTTP on the port of clients. */
export interface HttpListeners {
  onRequest(request: IncomingMessage, response: ServerResponse): void;
  /** A request for a WebSocket, of which `head` has come already. */
  onWebSocket(request: IncomingMessage, socket: Socket, head: Buffer): void;
  /** What comes is no HTTP. */
  onFault(socket: Socket): void;
}

/** Reads HTTP from sockets that somebody else has accepted. */
export class HttpSide {
  readonly #server: Server;
  /** Without an ear for upgrades, so that it answers a request that asks for one as if it did not. */
  readonly #withoutUpgrade: Server;

  constructor({ onRequest, onWebSocket, onFault }: HttpListeners) {
    this.#server = serverOf(onRequest, onFault);
    this.#withoutUpgrade = serverOf(onRequest, onFault);
    this.#server.on('upgrade', (request: IncomingMessage, stream, head: Buffer) => {
      const socket = stream as Socket;
      if (request.headers.upgrade?.toLowerCase() === 'websocket') onWebSocket(request, socket, head);
      // An offer, such as curl's of h2c, which a server may pass over; RFC 9110 section 7.8.
      else hand(this.#withoutUpgrade, socket, Buffer.concat([headOf(request), head]));
    });
  }

  /** Takes a socket, of which `chunk` has been read. */
  accept(socket: Socket, chunk: Buffer): void {
    hand(this.#server, socket, chunk);
  }
}

function serverOf(onRequest: RequestListener, onFault: (socket: Socket) => void): Server {
  return createServer(onRequest).on('clientError', (_error, socket) => onFault(socket as Socket));
}

function hand(server: Server, socket: Socket, chunk: Buffer): void {
  socket.pause();
  socket.unshift(chunk);
  server.emit('connection', socket);
  socket.resume();
}

/** The head of a request as it came. */
function headOf({ method, url, httpVersion, rawHeaders }: IncomingMessage): Buffer {
  let text = `${method} ${url} HTTP/${httpVersion}\r\n`;
  for (let i = 0; i < rawHeaders.length; i += 2) text += `${rawHeaders[i]}: ${rawHeaders[i + 1]}\r\n`;
  return Buffer.from(`${text}\r\n`, 'latin1');
}

/** Every HTTP method begins with a capital letter, every package with a type from 1 to 5. */
export function isHttp(firstByte: number): boolean {
  return firstByte >= 0x41 && firstByte <= 0x5a;
}

/** The whole answer to a request for a WebSocket that is refused. */
export function refusalOf(status: string, message: string): string {
  const body = `${JSON.stringify({ code: Number(status.slice(0, 3)), message })}\n`;
  return `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

/** Answers a request from where nobody may come from. */
export function refuseRequest(response: ServerResponse): void {
  response.setHeader('connection', 'close');
  answerJson(response, 403, { code: 403, message: 'your address may not connect here' });
}
