import type { Duplex } from 'node:stream';
import { isPomeloError, PomeloError, reasonOf } from '@pomelo-ts/common';
import { FrameSplitter, frame } from '@pomelo-ts/common/internal';

/** Longest frame before the peer has proved itself. */
export const strangerFrameBytes = 4 * 1024;
/** Longest frame of a proved peer. */
export const peerFrameBytes = 16 * 1024 * 1024;

/**
 * Bytes that may wait for a peer when a message is sent: two of the longest, so that slow lines have their time, and what a peer that
 * does not read costs is bounded.
 */
const waitingBytes = 2 * peerFrameBytes;
/** What a message costs beside its bytes while it waits. */
const messageCost = 256;
/** With more than that waiting, what is {@link LinkChannel.owe owed} can wait, too. */
const littleBytes = 64 * 1024;

/** How long the last messages may take to leave after a close, in ms. */
const lingerMs = 1000;

/** A message: a JSON object whose `t` names its kind. */
export interface Message {
  readonly t: string;
  readonly [key: string]: unknown;
}

/** A message as it goes to a peer: what many are sent is made once. */
export const encoded = (message: Message): Buffer => encodedJson(JSON.stringify(message));

/** As {@link encoded}, of a message that is JSON already. */
export const encodedJson = (json: string): Buffer => frame(Buffer.from(json));

/** Sends and receives JSON objects over any duplex stream, each with its length before it. */
export class LinkChannel {
  /** Whom to name in errors. */
  readonly peer: string;
  /** Receives each message; anything it throws closes the channel. */
  onMessage: (message: Message, bytes: number) => void = () => {};
  /** With more than that waiting for it, the peer is given up at the next message; that one may have any length. */
  maxWaitingBytes = waitingBytes;
  /** Told when some bytes have come, be they a whole message or not. */
  onHeard: () => void = () => {};
  /** Told once, with the reason. */
  onClosed: (error: Error) => void = () => {};
  readonly #stream: Duplex;
  readonly #splitter: FrameSplitter;
  readonly #chunks: Buffer[] = [];
  #waiting = 0;
  #corked = false;
  readonly #owed = new Map<string, () => void>();
  #held: (() => void)[] | undefined;
  #closed = false;

  constructor(stream: Duplex, peer: string) {
    this.#stream = stream;
    this.peer = peer;
    this.#splitter = new FrameSplitter({ maxFrameBytes: strangerFrameBytes, peer });
    stream.on('data', (chunk: Buffer) => this.#receive(chunk));
    stream.on('error', (error) => this.#end(this.lost(reasonOf(error))));
    stream.on('end', () => this.#end(this.lost('the other end closed it')));
    stream.on('close', () => this.#end(this.lost('it was closed')));
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** The peer has proved itself: longer frames are welcome. */
  trust(): void {
    this.#splitter.maxFrameBytes = peerFrameBytes;
  }

  send(message: Message): void {
    if (this.#mayWrite) this.#write(encoded(message));
  }

  /** As {@link send}, of a message that is {@link encoded} already, as many are told it: what is sent so within a tick leaves together. */
  sendEncoded(bytes: Buffer): void {
    if (!this.#mayWrite) return;
    this.#cork();
    this.#write(bytes);
  }

  get #mayWrite(): boolean {
    return !this.#closed && this.#stream.writable;
  }

  #write(bytes: Buffer): void {
    if (this.#waiting > this.maxWaitingBytes) {
      this.#end(new PomeloError('LINK_UNREAD', { peer: this.peer, bytes: this.#waiting }));
      return;
    }
    const cost = bytes.length + messageCost;
    this.#waiting += cost;
    this.#stream.write(bytes, () => {
      this.#waiting -= cost;
      if (this.#owed.size > 0) this.#pay();
    });
  }

  #cork(): void {
    if (this.#corked) return;
    this.#corked = true;
    this.#stream.cork();
    process.nextTick(() => {
      this.#corked = false;
      this.#stream.uncork();
    });
  }

  /**
   * Calls `say` as soon as little waits for the peer, and once however often that kind is owed until then: so a peer that asks without
   * reading has nothing done for it.
   */
  owe(kind: string, say: () => void): void {
    if (this.#closed) return;
    if (this.#owed.size === 0) setImmediate(() => this.#pay());
    this.#owed.set(kind, say);
  }

  /** Hears nothing of the peer until {@link release}; what it says meanwhile is kept. */
  hold(): void {
    this.#held ??= [];
    this.#stream.pause();
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    this.#try(() => {
      for (const hear of held) hear();
    });
    if (!this.#closed) this.#stream.resume();
  }

  /**
   * Closes the channel after what has been sent is out; `onClosed` hears `error` or that it was closed. An orderly end is one whose last
   * message the peer is to read.
   */
  close(error?: Error, orderly = error === undefined): void {
    if (this.#closed) return;
    this.#stream.end();
    this.#end(error ?? this.lost('it was closed'), orderly);
  }

  /** Resolves once the channel has closed and what was sent is out, or the other end has had its time to read it. */
  async whenGone(): Promise<void> {
    if (!this.#stream.closed) await new Promise((resolve) => this.#stream.once('close', resolve));
  }

  /** Reads chunks one by one: in memory, an answer can come while the message it answers is still being read. */
  #receive(chunk: Buffer): void {
    this.onHeard();
    this.#chunks.push(chunk);
    if (this.#chunks.length > 1) return;
    this.#try(() => {
      for (let next: Buffer | undefined = chunk; next; next = this.#chunks[0]) {
        this.#splitter.push(next, (bytes, start, end) => this.#hear(bytes, start, end));
        this.#chunks.shift();
      }
    });
  }

  #try(read: () => void): void {
    try {
      read();
    } catch (error) {
      this.#chunks.length = 0;
      this.#end(error instanceof Error ? error : this.lost(reasonOf(error)));
    }
  }

  #hear(bytes: Buffer, start: number, end: number): void {
    if (this.#closed) return;
    const message = this.#parse(bytes.toString('utf8', start, end));
    const hear = (): void => {
      if (!this.#closed) this.onMessage(message, end - start);
    };
    if (this.#held) this.#held.push(hear);
    else hear();
  }

  #pay(): void {
    if (this.#closed || this.#waiting > littleBytes) return;
    const owed = [...this.#owed.values()];
    this.#owed.clear();
    for (const say of owed) say();
  }

  #parse(text: string): Message {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      throw this.invalid('it is not JSON');
    }
    if (typeof value !== 'object' || value === null || typeof (value as Message).t !== 'string')
      throw this.invalid('it is no message');
    return value as Message;
  }

  /** The error for a frame that makes no sense here. */
  invalid(reason: string): PomeloError {
    return new PomeloError('FRAME_INVALID', { peer: this.peer, reason });
  }

  lost(reason: string): PomeloError {
    return new PomeloError('LINK_LOST', { peer: this.peer, reason });
  }

  #end(error: Error, orderly = false): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#owed.clear();
    this.#held &&= [];
    if (isPomeloError(error, 'LINK_UNREAD')) this.#stream.destroy();
    else this.#letGo(orderly);
    this.onClosed(error);
  }

  /**
   * Destroys the stream once what was sent is out, or the peer has had its time to read it. An orderly end waits until the peer has closed
   * as well: a stream that is gone before breaks the peer's next write, and with that what it has not read yet, the reason of this very
   * end say.
   */
  #letGo(orderly: boolean): void {
    const stream = this.#stream;
    if (!stream.writableEnded || (stream.writableFinished && (!orderly || stream.readableEnded))) {
      stream.destroy();
      return;
    }
    const timer = setTimeout(() => stream.destroy(), lingerMs);
    timer.unref();
    stream.once('close', () => clearTimeout(timer)); // by itself, when both ends have closed
    if (!orderly) stream.once('finish', () => stream.destroy());
  }
}
