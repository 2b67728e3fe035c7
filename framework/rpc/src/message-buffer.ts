/** Messages are written one after the other into a piece of memory of this size, unless one is longer. */
const usualBytes = 8192;
/** After one that was longer it is of this size at the least: others like it are likely to come. */
const largeBytes = 65_536;
/** With less left a message begins a new piece. */
const leastBytes = 2048;
/** Shorter texts are quicker written here than by a call of the engine. */
const shortText = 64;

/** Where messages are written. What was written before is never written over. */
export class MessageBuffer {
  bytes = Buffer.allocUnsafeSlow(usualBytes);
  /** Where the next byte goes. */
  at = 0;
  #start = 0;

  begin(): void {
    if (this.bytes.length - this.at < leastBytes) {
      this.bytes = Buffer.allocUnsafeSlow(usualBytes);
      this.at = 0;
    }
    this.#start = this.at;
  }

  /** What was written since the message began. */
  get message(): Buffer {
    return this.bytes.subarray(this.#start, this.at);
  }

  /** Takes back what was written since the message began. */
  undo(): void {
    this.at = this.#start;
  }

  /** Makes room for that many bytes. */
  reserve(count: number): void {
    if (this.at + count > this.bytes.length) this.#grow(count);
  }

  /** Writes a text with its head. */
  text(text: string): void {
    const { length } = text;
    this.reserve(3 * length + 5);
    const guess = headOf(length);
    const from = this.at + guess;
    const size = length < shortText ? this.#units(text, from) - from : this.bytes.write(text, from);
    const head = headOf(size);
    if (head !== guess) this.bytes.copyWithin(this.at + head, from, from + size);
    this.#textHead(head, size);
    this.at += size;
  }

  #textHead(head: number, size: number): void {
    const { bytes } = this;
    if (head === 1) bytes[this.at++] = 0xa0 | size;
    else {
      bytes[this.at++] = head === 2 ? 0xd9 : head === 3 ? 0xda : 0xdb;
      for (let shift = head === 5 ? 24 : 8 * (head - 2); shift >= 0; shift -= 8)
        bytes[this.at++] = size >>> shift;
    }
  }

  /** Writes characters as UTF-8, halves of pairs as they are; gives where that ends. */
  #units(text: string, from: number): number {
    const { bytes } = this;
    let at = from;
    for (let i = 0; i < text.length; i++) {
      let code = text.charCodeAt(i);
      if (code < 0x80) bytes[at++] = code;
      else if (code < 0x800) {
        bytes[at++] = 0xc0 | (code >> 6);
        bytes[at++] = 0x80 | (code & 0x3f);
      } else {
        code = text.codePointAt(i)!;
        if (code > 0xffff) {
          i++;
          bytes[at++] = 0xf0 | (code >> 18);
          bytes[at++] = 0x80 | ((code >> 12) & 0x3f);
        } else bytes[at++] = 0xe0 | (code >> 12);
        bytes[at++] = 0x80 | ((code >> 6) & 0x3f);
        bytes[at++] = 0x80 | (code & 0x3f);
      }
    }
    return at;
  }

  #grow(count: number): void {
    const written = this.at - this.#start;
    const grown = Buffer.allocUnsafeSlow(Math.max(largeBytes, 2 * (written + count)));
    this.bytes.copy(grown, 0, this.#start, this.at);
    this.bytes = grown;
    this.#start = 0;
    this.at = written;
  }
}

/** Bytes of the head of a text with that many bytes. */
const headOf = (size: number): 1 | 2 | 3 | 5 => (size < 0x20 ? 1 : size < 0x100 ? 2 : size < 0x10000 ? 3 : 5);
