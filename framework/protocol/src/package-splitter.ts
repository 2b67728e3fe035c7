import { checkPackageBody, checkPackageType, type PackageSink, type PackageType } from './package.js';

const smallestBuffer = 512;

/**
 * Finds packages in a byte stream that may be cut anywhere (TCP). A package that lies whole in one chunk is handed out
 * in place; only one that spans chunks is copied, into a buffer that grows with the bytes that really came: a peer that
 * announces much and sends little costs little.
 *
 * After an error, or once the sink returned false, it is closed: it holds nothing and ignores what is pushed.
 */
export class PackageSplitter {
  readonly #maxPackageBytes: number;
  #headBytes = 0;
  #type: PackageType = 1;
  #bodyBytes = 0;
  #body: Uint8Array | undefined;
  #filled = 0;
  #closed = false;

  /** @param options.maxPackageBytes the largest body that is accepted; also the most that is ever buffered */
  constructor(options: { maxPackageBytes: number }) {
    this.#maxPackageBytes = options.maxPackageBytes;
  }

  /** Bytes of the unfinished package that came so far, its head included. */
  get bufferedBytes(): number {
    return this.#headBytes + this.#filled;
  }

  /** Those bytes as they came, so that another splitter can go on with them. */
  unfinished(): Uint8Array {
    const bytes = new Uint8Array(this.bufferedBytes);
    for (let i = 1; i < this.#headBytes; i++) bytes[i] = this.#bodyBytes >>> (8 * (this.#headBytes - 1 - i));
    if (this.#headBytes > 0) bytes[0] = this.#type;
    if (this.#body) bytes.set(this.#body.subarray(0, this.#filled), this.#headBytes);
    return bytes;
  }

  /** @throws ProtocolError `PACKAGE_TYPE`, `PACKAGE_TOO_LARGE`, as soon as the byte that shows it is there */
  push(chunk: Uint8Array, sink: PackageSink): void {
    if (this.#closed) return;
    try {
      this.#take(chunk, sink);
    } catch (error) {
      this.#close();
      throw error;
    }
  }

  #take(chunk: Uint8Array, sink: PackageSink): void {
    const length = chunk.length;
    let at = 0;
    while (at < length) {
      if (this.#headBytes < 4) {
        at = this.#takeHead(chunk, at);
        if (this.#headBytes < 4) return;
      }
      const missing = this.#bodyBytes - this.#filled;
      const available = length - at;
      if (missing > available) {
        this.#keep(chunk, at, available);
        return;
      }
      if (!this.#deliver(chunk, at, missing, sink)) {
        this.#close();
        return;
      }
      at += missing;
    }
  }

  #takeHead(chunk: Uint8Array, from: number): number {
    let at = from;
    while (this.#headBytes < 4 && at < chunk.length) {
      const byte = chunk[at++] as number;
      if (this.#headBytes === 0) {
        checkPackageType(byte);
        this.#type = byte;
        this.#bodyBytes = 0;
      } else {
        this.#bodyBytes = (this.#bodyBytes << 8) | byte;
      }
      this.#headBytes++;
    }
    if (this.#headBytes === 4) checkPackageBody(this.#bodyBytes, this.#maxPackageBytes);
    return at;
  }

  /** Whether the sink wants more. The state is clean before the sink runs. */
  #deliver(chunk: Uint8Array, at: number, missing: number, sink: PackageSink): boolean {
    const type = this.#type;
    this.#headBytes = 0;
    if (this.#filled === 0) return sink.onPackage(type, chunk, at, at + missing) !== false;
    this.#keep(chunk, at, missing);
    const body = this.#body as Uint8Array;
    const end = this.#filled;
    this.#body = undefined;
    this.#filled = 0;
    return sink.onPackage(type, body, 0, end) !== false;
  }

  #keep(chunk: Uint8Array, at: number, count: number): void {
    if (count === 0) return;
    const needed = this.#filled + count;
    let body = this.#body;
    if (body === undefined || body.length < needed) {
      const larger = new Uint8Array(Math.min(this.#bodyBytes, Math.max(smallestBuffer, needed * 2)));
      if (body !== undefined) larger.set(body.subarray(0, this.#filled));
      body = larger;
      this.#body = larger;
    }
    body.set(chunk.subarray(at, at + count), this.#filled);
    this.#filled = needed;
  }

  #close(): void {
    this.#closed = true;
    this.#headBytes = 0;
    this.#filled = 0;
    this.#body = undefined;
  }
}
