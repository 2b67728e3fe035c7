import { PomeloError } from './errors.js';

/** Bytes of the length that precedes each frame: unsigned, big-endian, not counting itself. */
export const frameHeadBytes = 4;

/** Receives one whole frame as `bytes[start..end)`; the bytes are only valid during the call. */
export type FrameSink = (bytes: Buffer, start: number, end: number) => void;

/** Settings of a {@link FrameSplitter}. */
export interface FrameSplitterOptions {
  /** Longest frame accepted. */
  readonly maxFrameBytes: number;
  /** Whom to name in errors. */
  readonly peer: string;
}

/**
 * Cuts a byte stream into length-prefixed frames. A frame that lies whole in one chunk is handed on without a copy.
 * Throws FRAME_TOO_LARGE as soon as an oversized length is seen, before anything is kept for it.
 */
export class FrameSplitter {
  /** Longest frame accepted from now on; raise it once the peer has proved itself. */
  maxFrameBytes: number;
  readonly #peer: string;
  #rest: Buffer | undefined;
  #filled = 0;

  constructor(options: FrameSplitterOptions) {
    this.maxFrameBytes = options.maxFrameBytes;
    this.#peer = options.peer;
  }

  push(chunk: Buffer, sink: FrameSink): void {
    let at = this.#rest ? this.#finishRest(chunk, sink) : 0;
    while (at < chunk.length) {
      const headless = chunk.length - at < frameHeadBytes;
      const total = headless ? frameHeadBytes : frameHeadBytes + this.#checked(chunk.readUInt32BE(at));
      const end = at + total;
      if (headless || end > chunk.length) {
        this.#keep(chunk, at, total);
        return;
      }
      sink(chunk, at + frameHeadBytes, end);
      at = end;
    }
  }

  /** Completes the frame begun in earlier chunks; gives the offset in `chunk` where the next one begins. */
  #finishRest(chunk: Buffer, sink: FrameSink): number {
    let at = 0;
    for (;;) {
      const rest = this.#rest!;
      const copied = chunk.copy(rest, this.#filled, at, at + rest.length - this.#filled);
      at += copied;
      this.#filled += copied;
      if (this.#filled < rest.length) return at;
      if (rest.length === frameHeadBytes) {
        const length = this.#checked(rest.readUInt32BE(0));
        if (length > 0) {
          this.#rest = Buffer.allocUnsafe(frameHeadBytes + length);
          rest.copy(this.#rest, 0);
          continue;
        }
      }
      this.#rest = undefined;
      sink(rest, frameHeadBytes, rest.length);
      return at;
    }
  }

  #keep(chunk: Buffer, at: number, total: number): void {
    this.#rest = Buffer.allocUnsafe(total);
    this.#filled = chunk.copy(this.#rest, 0, at);
  }

  #checked(bytes: number): number {
    if (bytes > this.maxFrameBytes) {
      throw new PomeloError('FRAME_TOO_LARGE', { bytes, peer: this.#peer, limit: this.maxFrameBytes });
    }
    return bytes;
  }
}

/** `body` with its length before it. */
export function frame(body: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(frameHeadBytes + body.length);
  bytes.writeUInt32BE(body.length, 0);
  bytes.set(body, frameHeadBytes);
  return bytes;
}
