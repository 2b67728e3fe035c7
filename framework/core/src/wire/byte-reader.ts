import { PomeloError } from '@pomelo-ts/common';

/** Reads the fields of a frame in order; a frame that is cut short throws FRAME_INVALID. */
export class ByteReader {
  readonly bytes: Buffer;
  readonly end: number;
  at: number;
  readonly #peer: string;

  constructor(bytes: Buffer, start: number, end: number, peer: string) {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
    this.#peer = peer;
  }

  u8(): number {
    return this.bytes[this.#take(1)]!;
  }

  u16(): number {
    return this.bytes.readUInt16BE(this.#take(2));
  }

  u32(): number {
    return this.bytes.readUInt32BE(this.#take(4));
  }

  f64(): number {
    return this.bytes.readDoubleBE(this.#take(8));
  }

  text(byteLength: number): string {
    const start = this.#take(byteLength);
    return this.bytes.toString('utf8', start, this.at);
  }

  skip(count: number): void {
    this.#take(count);
  }

  #take(count: number): number {
    const start = this.at;
    this.at += count;
    if (this.at > this.end) {
      throw new PomeloError('FRAME_INVALID', { peer: this.#peer, reason: 'it is cut short' });
    }
    return start;
  }
}
