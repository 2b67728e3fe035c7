import { frameHeadBytes } from '@pomelo-ts/common/internal';

const initialBytes = 16 * 1024;
const keepBytes = 256 * 1024;

/** Collects the frames of one tick in one buffer, so that they leave in one write. */
export class FrameWriter {
  /** Write a frame's content here, at the offset that {@link open} gave; valid until the next `open`. */
  buffer: Buffer = Buffer.allocUnsafeSlow(initialBytes);
  /** Bytes of the frames so far. */
  length = 0;
  readonly #grown: (bytes: number) => void;

  /** @param grown told the new size whenever the frames of one tick need a larger buffer */
  constructor(grown: (bytes: number) => void = () => {}) {
    this.#grown = grown;
  }

  /** Begins a frame of `bodyBytes` content after its type, and gives the offset where the content goes. */
  open(type: number, bodyBytes: number): number {
    const start = this.length;
    const at = start + frameHeadBytes + 1;
    const end = at + bodyBytes;
    if (end > this.buffer.length) this.#grow(end);
    const { buffer } = this;
    const frameBytes = bodyBytes + 1;
    buffer[start] = frameBytes >>> 24;
    buffer[start + 1] = frameBytes >>> 16;
    buffer[start + 2] = frameBytes >>> 8;
    buffer[start + 3] = frameBytes;
    buffer[start + 4] = type;
    this.length = end;
    return at;
  }

  /** Takes over whole frames. */
  append(frames: Buffer): void {
    const end = this.length + frames.length;
    if (end > this.buffer.length) this.#grow(end);
    frames.copy(this.buffer, this.length);
    this.length = end;
  }

  /** What was collected; the next frame begins anew. */
  take(): Buffer {
    const bytes = this.buffer.subarray(0, this.length);
    this.length = 0;
    return bytes;
  }

  /** Drops what was collected. */
  clear(): void {
    this.length = 0;
  }

  /** Gives up the buffer, because whoever took its bytes still needs them or because it has grown large. */
  renew(stillNeeded: boolean): void {
    if (stillNeeded || this.buffer.length > keepBytes) this.buffer = Buffer.allocUnsafeSlow(initialBytes);
  }

  #grow(needed: number): void {
    let size = this.buffer.length * 2;
    while (size < needed) size *= 2;
    const larger = Buffer.allocUnsafeSlow(size);
    this.buffer.copy(larger, 0, 0, this.length);
    this.buffer = larger;
    this.#grown(size);
  }
}
