import type { Socket } from 'node:net';
import type { PackageSplitter } from '@pomelo-ts/protocol';
import { detach, isDrained } from './detached-socket.js';
import { unreadOf } from './living-web-socket.js';
import { packagesOf, splitFrames } from './package-frame.js';

/** What a WebSocket is closed with; RFC 6455 section 7.4.1. */
export const closeCode = { normal: 1000, protocolError: 1002, tooLarge: 1009, internal: 1011 } as const;
export type CloseCode = (typeof closeCode)[keyof typeof closeCode];

/** How frames leave for one client. */
export interface ClientSocket {
  /** What the frames go through. */
  readonly raw: Socket;
  /** Bytes that wait to leave. */
  readonly queuedBytes: number;
  /** Sends the packages of frames made by `openPackageFrame`, joined. */
  write(frame: Buffer): void;
  /** Ends the connection once what was written has left; a WebSocket is told the code. */
  end(code: CloseCode): void;
  /** Ends the connection at once. */
  destroy(): void;
  /**
   * Stops reading for good, and gives the bytes that have come and made no package yet; undefined, and nothing has changed, where
   * that cannot be now.
   */
  takeApart(): Buffer | undefined;
}

/** A raw TCP client. */
export class TcpClientSocket implements ClientSocket {
  readonly raw: Socket;
  readonly #splitter: PackageSplitter;

  /** @param splitter what finds packages in the bytes of `socket` */
  constructor(socket: Socket, splitter: PackageSplitter) {
    this.raw = socket;
    this.#splitter = splitter;
  }

  takeApart(): Buffer | undefined {
    if (!isDrained(this.raw)) return undefined;
    const rest = detach(this.raw);
    return Buffer.concat([this.#splitter.unfinished(), rest]);
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

/** What is used of a WebSocket of `ws`; said here, as its users have no types of that library. */
interface WebSocket {
  readonly bufferedAmount: number;
  send(bytes: Uint8Array, options: { readonly binary: boolean; readonly compress: boolean }): void;
  close(code: number): void;
  terminate(): void;
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

  takeApart(): Buffer | undefined {
    const unread = isDrained(this.raw) ? unreadOf(this.#ws) : undefined;
    return unread && Buffer.concat([unread, detach(this.raw)]);
  }

  write(frame: Buffer): void {
    if (this.raw.writable) this.raw.write(frame);
  }

  end(code: CloseCode): void {
    this.#ws.close(code);
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

  /** The tables of its compression cannot be taken along. */
  takeApart(): undefined {
    return undefined;
  }

  write(frame: Buffer): void {
    for (const bytes of splitFrames(frame)) this.#ws.send(bytes, { binary: true, compress: true });
  }

  end(code: CloseCode): void {
    this.#ws.close(code);
  }

  destroy(): void {
    this.#ws.terminate();
  }
}
