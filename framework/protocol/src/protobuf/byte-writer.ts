import { encodeUtf8, utf8Bytes } from '../text.js';
import { varintBytes, writeVarint } from '../varint.js';

const longestVarint = 8;
/** Longer texts are encoded natively; shorter ones are written faster by a loop. */
const shortText = 48;

/** Bytes that grow as they are written. Kept and used again by its owner. */
export class ByteWriter {
  bytes: Uint8Array;
  length = 0;
  #view: DataView | undefined;

  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity);
  }

  #reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, this.bytes.length * 2));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
    this.#view = undefined;
  }

  /** A whole number from 0 to 2^53-1. */
  unsigned(value: number): void {
    this.#reserve(longestVarint);
    this.length = writeVarint(this.bytes, this.length, value);
  }

  /** Zigzag: 0, -1, 1, -2 … become 0, 1, 2, 3 …; exact for every safe integer, where pomelo's is not below -2^52. */
  signed(value: number): void {
    const negative = value < 0 ? 1 : 0;
    const half = value < 0 ? -value - 1 : value;
    this.#reserve(longestVarint);
    const low = ((half % 0x40) << 1) | negative;
    const rest = Math.floor(half / 0x40);
    if (rest === 0) {
      this.bytes[this.length++] = low;
    } else {
      this.bytes[this.length++] = low | 0x80;
      this.length = writeVarint(this.bytes, this.length, rest);
    }
  }

  float(value: number): void {
    this.#reserve(4);
    this.#dataView().setFloat32(this.length, value, true);
    this.length += 4;
  }

  double(value: number): void {
    this.#reserve(8);
    this.#dataView().setFloat64(this.length, value, true);
    this.length += 8;
  }

  /** Byte length and UTF-8. */
  text(text: string): void {
    const byteLength = utf8Bytes(text);
    this.unsigned(byteLength);
    this.#reserve(byteLength);
    if (byteLength === text.length && byteLength < shortText) {
      for (let i = 0; i < byteLength; i++) this.bytes[this.length + i] = text.charCodeAt(i);
    } else {
      this.bytes.set(encodeUtf8(text), this.length);
    }
    this.length += byteLength;
  }

  /** Leaves room for a length and returns where the content starts; give that to {@link endBlock}. */
  startBlock(): number {
    this.#reserve(1);
    return ++this.length;
  }

  /** Puts the length before the content, which moves when the length needs more than the one byte left for it. */
  endBlock(start: number): void {
    const size = this.length - start;
    const extra = varintBytes(size) - 1;
    if (extra > 0) {
      this.#reserve(extra);
      this.bytes.copyWithin(start + extra, start, this.length);
      this.length += extra;
    }
    writeVarint(this.bytes, start - 1, size);
  }

  #dataView(): DataView {
    this.#view ??= new DataView(this.bytes.buffer);
    return this.#view;
  }
}
