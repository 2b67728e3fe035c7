import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import { packagesOf, splitFrames } from './package-frame.js';

/** How frames leave for one client. */
export interface ClientSocket {
  /** What the frames go through. */
  readonly raw: Socket;
  /** Bytes that wait to leave. */
  readonly queuedBytes: number;
  /** Sends the packages of frames made by `openPackageFrame`, joined. */
  write(frame: Buffer): void;
  /** Ends the connection once what was written has left. */
  end(): void;
  /** Ends the connection at once. */
  destroy(): void;
}

/** A raw TCP client. */
export class TcpClientSocket implements ClientSocket {
  readonly raw: Socket;

  constructor(socket: Socket) {
    this.raw = socket;
  }

  get queuedBytes(): number {
    return this.raw.writableLength;
  }

  write(frame: Buffer): void {
    this.raw.write(packagesOf(frame));
  }

  end(): void {
    this.raw.destroySoon();
  }

  destroy(): void {
    this.raw.destroy();
  }
}

/** A WebSocket client. Frames come with their head, so they go to the socket as they are. */
export class WebClientSocket implements ClientSocket {
  readonly #ws: WebSocket;
  readonly raw: Socket;

  constructor(ws: WebSocket, socket: Socket) {
    this.#ws = ws;
    this.raw = socket;
  }

  get queuedBytes(): number {
    return this.raw.writableLength;
  }

  write(frame: Buffer): void {
    if (this.raw.writable) this.raw.write(frame);
  }

  end(): void {
    this.#ws.close(1000);
  }

  destroy(): void {
    this.#ws.terminate();
  }
}

/** A WebSocket client with per-message deflate: `ws` must make the frames, since it compresses them. */
export class DeflateClientSocket implements ClientSocket {
  readonly #ws: WebSocket;
  readonly raw: Socket;

  constructor(ws: WebSocket, socket: Socket) {
    this.#ws = ws;
    this.raw = socket;
  }

  get queuedBytes(): number {
    return this.#ws.bufferedAmount;
  }

  write(frame: Buffer): void {
    for (const bytes of splitFrames(frame)) this.#ws.send(bytes, { binary: true, compress: true });
  }

  end(): void {
    this.#ws.close(1000);
  }

  destroy(): void {
    this.#ws.terminate();
  }
}
