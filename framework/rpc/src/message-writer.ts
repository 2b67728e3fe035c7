import { types } from 'node:util';
import { deepest, isOutOfTheOrdinary } from './carried-value.js';
import { MessageBuffer } from './message-buffer.js';

/** Most bytes of the head of anything, and of a number. */
const mostHead = 9;

const outOfTheOrdinary = new Error('a value of another kind');

/**
 * Writes values of ordinary kinds as MessagePack: null, undefined (as nil), booleans, numbers, texts, Buffers, arrays and plain objects. It
 * counts levels as it goes. The bytes are as msgpackr has them.
 */
export class MessageWriter {
  readonly #buffer = new MessageBuffer();
  /** Writes what is seldom there: Dates and BigInts. @throws for a BigInt of more than 64 bits */
  readonly #rare: (value: Date | bigint) => Uint8Array;
  #writes = false;

  constructor(rare: (value: Date | bigint) => Uint8Array) {
    this.#rare = rare;
  }

  /** Undefined when a part of the value is of a kind that is not written here, nested deeper than travels, or cannot be read. */
  write(value: unknown): Uint8Array | undefined {
    // A getter in it may call another server.
    if (this.#writes) return new MessageWriter(this.#rare).write(value);
    this.#writes = true;
    this.#buffer.begin();
    try {
      this.#value(value, 0);
      return this.#buffer.message;
    } catch {
      this.#buffer.undo();
      return undefined;
    } finally {
      this.#writes = false;
    }
  }

  #value(value: unknown, depth: number): void {
    switch (typeof value) {
      case 'string':
        this.#buffer.text(value);
        return;
      case 'number':
        this.#number(value);
        return;
      case 'object':
        if (value === null) this.#byte(0xc0);
        else this.#object(value, depth);
        return;
      case 'boolean':
        this.#byte(value ? 0xc3 : 0xc2);
        return;
      case 'undefined':
        this.#byte(0xc0);
        return;
      case 'bigint':
        this.#raw(this.#rare(value));
        return;
      default:
        throw outOfTheOrdinary;
    }
  }

  #object(value: object, depth: number): void {
    if (depth > deepest) throw outOfTheOrdinary;
    const kind = value.constructor;
    if (kind === Object) this.#fields(value, depth);
    else if (Array.isArray(value)) this.#list(value, depth);
    else if (kind === Buffer && Buffer.isBuffer(value)) this.#bytes(value);
    else if (kind === Date && types.isDate(value)) this.#raw(this.#rare(value));
    else if (isOutOfTheOrdinary(value)) throw outOfTheOrdinary;
    else this.#fields(value, depth);
  }

  #fields(value: object, depth: number): void {
    const keys = Object.keys(value);
    this.#count(keys.length, 0x80, 0xde);
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i]!;
      this.#buffer.text(key);
      this.#value((value as Record<string, unknown>)[key], depth + 1);
    }
  }

  #list(list: readonly unknown[], depth: number): void {
    const { length } = list;
    this.#count(length, 0x90, 0xdc);
    for (let i = 0; i < length; i++) this.#value(list[i], depth + 1);
  }

  #count(count: number, few: number, many: number): void {
    if (count < 16) this.#byte(few | count);
    else if (count < 0x10000) this.#head(many, count, 2);
    else this.#head(many + 1, count, 4);
  }

  #number(value: number): void {
    if (value >>> 0 === value) {
      if (value < 0x80) this.#byte(value);
      else if (value < 0x100) this.#head(0xcc, value, 1);
      else if (value < 0x10000) this.#head(0xcd, value, 2);
      else this.#head(0xce, value, 4);
    } else if (value >> 0 === value) {
      if (value >= -0x20) this.#byte(value);
      else if (value >= -0x80) this.#head(0xd0, value, 1);
      else if (value >= -0x8000) this.#head(0xd1, value, 2);
      else this.#head(0xd2, value, 4);
    } else {
      const buffer = this.#buffer;
      buffer.reserve(mostHead);
      buffer.bytes[buffer.at++] = 0xcb;
      buffer.at = buffer.bytes.writeDoubleBE(value, buffer.at);
    }
  }

  #bytes(value: Buffer): void {
    const { length } = value;
    if (length < 0x100) this.#head(0xc4, length, 1);
    else if (length < 0x10000) this.#head(0xc5, length, 2);
    else this.#head(0xc6, length, 4);
    this.#raw(value);
  }

  #raw(value: Uint8Array): void {
    const buffer = this.#buffer;
    buffer.reserve(value.length);
    buffer.bytes.set(value, buffer.at);
    buffer.at += value.length;
  }

  #byte(value: number): void {
    const buffer = this.#buffer;
    buffer.reserve(1);
    buffer.bytes[buffer.at++] = value;
  }

  /** A byte that tells the kind, and a number of 1, 2 or 4 bytes. */
  #head(kind: number, value: number, size: 1 | 2 | 4): void {
    const buffer = this.#buffer;
    buffer.reserve(mostHead);
    const { bytes } = buffer;
    bytes[buffer.at++] = kind;
    for (let shift = 8 * (size - 1); shift >= 0; shift -= 8) bytes[buffer.at++] = value >>> shift;
  }
}
