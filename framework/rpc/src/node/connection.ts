import { PomeloError } from '@pomelo-ts/common';
import {
  type Flushable,
  LifeSigns,
  type LifeSignsOptions,
  type TickFlusher,
} from '@pomelo-ts/common/internal';
import type { RpcChannel } from '../transport.js';
import { frameType } from '../wire/frame-type.js';
import { FrameWriter } from '../wire/frame-writer.js';
import type { HandshakeIdentity, ProvedChannel } from '../wire/handshake.js';
import {
  readTraceParent,
  type TraceParent,
  takesTraces,
  traceBit,
  tracePartBytes,
  writeTraceParent,
} from '../wire/trace-parent.js';

/** The call id of a frame that wants no answer. */
export const noCallId = -1;

/** Bytes that may wait for a peer, and what then becomes of it. */
export interface OutputBounds {
  /** With more than that nothing of it is read, so that it causes no further answers. Above what calls and pushes to it may take. */
  readonly deafBytes: number;
  /** With more than that, of handlers that were at work, it is given up. */
  readonly maxBytes: number;
  /** Read again from here on. */
  readonly hearBytes: number;
}

/** What works for a peer. */
export interface AtWork {
  /** Handlers that have not settled, see `maxAtWork`. */
  atWork: number;
}

/** What a connection needs of its node. */
export interface ConnectionOwner {
  readonly flusher: TickFlusher;
  readonly lifeSigns: LifeSignsOptions;
  readonly output: OutputBounds;
  now(): number;
  onRequest(
    connection: RpcConnection,
    callId: number,
    method: string,
    bytes: Buffer,
    start: number,
    end: number,
  ): void;
  onRaw(
    connection: RpcConnection,
    callId: number,
    kind: number,
    bytes: Buffer,
    start: number,
    end: number,
  ): void;
  onAnswer(
    connection: RpcConnection,
    type: number,
    callId: number,
    bytes: Buffer,
    start: number,
    end: number,
  ): void;
  /** What tells the trace of a frame cannot be read. */
  onBrokenTrace(): void;
  /** So much waits for the peer that it is to be given up. */
  onStuck(connection: RpcConnection): void;
  onClosed(connection: RpcConnection, error: Error | undefined): void;
}

/** One proved connection to a peer: reads its frames, and sends those of one tick in one write. */
export class RpcConnection implements Flushable {
  readonly peer: HandshakeIdentity;
  closed = false;
  /** Whether it is to be given up, since it reads nothing of what waits for it. */
  stuck = false;
  /** What is at work for the peer, by whichever of its connections it has come. */
  readonly work: AtWork;
  /** Whether the peer lives, by what {@link look} has seen. */
  readonly signs: LifeSigns;
  /** The trace of the frame that is being read, if it tells of one. */
  trace: TraceParent | 'unsampled' | undefined;
  /** Whether the peer takes frames that tell of their trace. */
  readonly takesTraces: boolean;
  /** When {@link look} last saw that something had left for it, in ms of the node's clock. */
  spokeAt: number;
  /** When what is being read has come; NaN until it is asked for. */
  #readAt = Number.NaN;
  /** Marks for {@link look}: on the way of every frame even asking the time would cost. */
  #heard = false;
  #spoke = false;
  readonly #channel: RpcChannel;
  readonly #owner: ConnectionOwner;
  readonly #writer = new FrameWriter((bytes) => this.#grown(bytes));
  #scheduled = false;
  #owesPong = false;
  #tooMuch = false;
  /** Frames that came while too much waited for the peer, of what had been read already; undefined while it is read. */
  #held: Buffer[] | undefined;

  constructor(proved: ProvedChannel, owner: ConnectionOwner, work: AtWork) {
    this.peer = proved.peer;
    this.work = work;
    this.takesTraces = proved.takes.includes(takesTraces);
    this.#channel = proved.channel;
    this.#owner = owner;
    this.spokeAt = owner.now();
    this.signs = new LifeSigns(owner.lifeSigns, this.spokeAt);
  }

  /** Begins to hand frames to the owner. */
  start(proved: ProvedChannel): void {
    proved.resume({
      onFrame: (bytes, start, end) => this.#onFrame(bytes, start, end),
      onHeard: () => {
        this.#heard = true;
        this.#readAt = Number.NaN;
      },
      onClose: (error) => this.#onClose(error),
    });
  }

  /** Whether nothing that is said now reaches the peer: it has gone, or so much waits for it that it is given up at the end of the tick. */
  get lost(): boolean {
    return this.closed || this.#tooMuch;
  }

  /** When the frame that is being read has come, in ms of the node's clock: asked once for all frames that came together. */
  get readAt(): number {
    if (Number.isNaN(this.#readAt)) this.#readAt = this.#owner.now();
    return this.#readAt;
  }

  /** Bytes that wait to leave. */
  get queuedBytes(): number {
    return this.#writer.length + this.#channel.queuedBytes;
  }

  /** The buffer that {@link open} reserved space in. */
  get buffer(): Buffer {
    return this.#writer.buffer;
  }

  /** Reserves a frame of `bodyBytes`; gives the offset in {@link buffer} to write its content at. */
  open(type: number, bodyBytes: number): number {
    if (!this.#scheduled) this.#schedule();
    return this.#writer.open(type, bodyBytes);
  }

  /** As {@link open}, and tells of which trace the frame is; the peer {@link takesTraces}. */
  openTraced(type: number, bodyBytes: number, trace: TraceParent): number {
    if (!trace.sampled) return this.open(type | traceBit.unsampled, bodyBytes);
    const at = this.open(type | traceBit.parent, tracePartBytes + bodyBytes);
    return writeTraceParent(this.buffer, at, trace);
  }

  /**
   * Reserves the answer to a raw request. Nothing is sent when the connection has gone; the space is given all the same.
   *
   * @returns the offset in {@link buffer} where the answer's bytes go.
   */
  openRawResponse(callId: number, bodyBytes: number): number {
    if (this.#tooMuch) this.#writer.clear();
    const at = this.open(frameType.rawResponse, 4 + bodyBytes);
    this.buffer.writeUInt32BE(callId, at);
    return at + 4;
  }

  /** Sends whole frames that were collected before this connection stood. */
  append(frames: Buffer): void {
    if (frames.length === 0) return;
    if (!this.#scheduled) this.#schedule();
    this.#writer.append(frames);
  }

  /** Notes what has come and left since the last look. */
  look(now: number): void {
    if (this.#heard) this.signs.heard(now);
    if (this.#spoke) this.spokeAt = now;
    this.#heard = false;
    this.#spoke = false;
  }

  ping(now: number): void {
    this.spokeAt = now;
    this.open(frameType.ping, 0);
  }

  flush(): void {
    this.#scheduled = false;
    if (this.closed) return;
    if (this.#tooMuch) {
      this.#tooMuch = false;
      this.#owner.onStuck(this);
      return;
    }
    if (this.#owesPong) this.#pong();
    if (this.#writer.length === 0) return;
    this.#spoke = true;
    const done = this.#channel.write(this.#writer.take());
    this.#writer.renew(!done);
    if (!done && this.#channel.queuedBytes > this.#owner.output.deafBytes) this.#stopHearing();
  }

  /** Whether nothing of the peer is read, since too much waits for it. */
  get deaf(): boolean {
    return this.#held !== undefined;
  }

  /** Reads the peer again if that much less waits for it. */
  hearAgain(): void {
    const held = this.#held;
    if (!held || this.closed || this.queuedBytes > this.#owner.output.hearBytes) return;
    this.#held = undefined;
    this.#readAt = Number.NaN;
    try {
      for (const [index, frame] of held.entries()) {
        if (this.#held) {
          (this.#held as Buffer[]).push(...held.slice(index));
          return;
        }
        this.#onFrame(frame, 0, frame.length);
      }
    } catch (error) {
      this.#channel.destroy();
      this.#onClose(error as Error);
      return;
    }
    if (!this.#held) this.#channel.goOnReading?.();
  }

  /** This process has paused: how long the peer has read nothing is counted anew. */
  paused(now: number): void {
    this.signs.paused(now);
    if (!this.#held) return;
    this.stuck = false;
    this.#channel.stopReading?.(this.#patience);
  }

  /**
   * Ends the connection: what waits is sent, nothing is read any more. The owner is told at once: the channel itself may
   * linger when the other end is frozen.
   */
  close(): void {
    if (this.closed) return;
    this.flush();
    this.#channel.destroy();
    this.#onClose(undefined);
  }

  #schedule(): void {
    this.#scheduled = true;
    this.#owner.flusher.schedule(this);
  }

  #onClose(error: Error | undefined): void {
    if (this.closed) return;
    this.closed = true;
    this.#owner.onClosed(this, error);
  }

  /**
   * The answer to however many pings of one tick. None while bytes wait for the peer: they tell as much, and whoever reads nothing could
   * have ever more pongs kept.
   */
  #pong(): void {
    this.#owesPong = false;
    if (this.#channel.queuedBytes === 0) this.#writer.open(frameType.pong, 0);
  }

  #grown(bytes: number): void {
    if (bytes > this.#owner.output.deafBytes) this.#stopHearing();
  }

  /** A peer that reads nothing causes no more answers, and is not deaf for long: it reads, or is given up. */
  #stopHearing(): void {
    if (!this.#channel.stopReading || this.closed) return;
    if (this.queuedBytes > this.#owner.output.maxBytes) this.#tooMuch = true;
    if (this.#held) return;
    this.#held = [];
    this.#channel.stopReading(this.#patience);
  }

  get #patience() {
    return {
      ms: this.#owner.lifeSigns.silentMs,
      stuck: () => {
        this.stuck = true;
      },
    };
  }

  #onFrame(bytes: Buffer, start: number, end: number): void {
    if (this.closed) return;
    if (this.#held) {
      this.#held.push(Buffer.from(bytes.subarray(start, end)));
      return;
    }
    this.#take(bytes[start]!, bytes, start + 1, end);
  }

  #take(type: number, bytes: Buffer, at: number, end: number): void {
    switch (type) {
      case frameType.rawRequest:
        this.#need(at + 5, end);
        this.#owner.onRaw(this, bytes.readUInt32BE(at), bytes[at + 4]!, bytes, at + 5, end);
        return;
      case frameType.rawNotify:
        this.#need(at + 1, end);
        this.#owner.onRaw(this, noCallId, bytes[at]!, bytes, at + 1, end);
        return;
      case frameType.rawResponse:
      case frameType.response:
      case frameType.error:
        this.#need(at + 4, end);
        this.#owner.onAnswer(this, type, bytes.readUInt32BE(at), bytes, at + 4, end);
        return;
      case frameType.request:
        this.#need(at + 4, end);
        this.#onCall(bytes.readUInt32BE(at), bytes, at + 4, end);
        return;
      case frameType.notify:
        this.#onCall(noCallId, bytes, at, end);
        return;
      case frameType.ping:
        this.#owesPong = true;
        if (!this.#scheduled) this.#schedule();
        return;
      case frameType.pong:
        return;
      default:
        this.#takeTraced(type, bytes, at, end);
    }
  }

  /** A frame that tells of its trace. What it tells and cannot be read is as if it were not said. */
  #takeTraced(type: number, bytes: Buffer, at: number, end: number): void {
    const inner = type & ~(traceBit.parent | traceBit.unsampled);
    if (inner === type || inner === 0 || inner > frameType.pong) this.#invalid(`unknown frame type ${type}`);
    let contentAt = at;
    this.trace = 'unsampled';
    if (type & traceBit.parent) {
      this.#need(at + 1, end);
      contentAt = at + 1 + bytes[at]!;
      this.#need(contentAt, end);
      this.trace = readTraceParent(bytes, at + 1, contentAt);
      if (!this.trace) this.#owner.onBrokenTrace();
    }
    try {
      this.#take(inner, bytes, contentAt, end);
    } finally {
      this.trace = undefined;
    }
  }

  #onCall(callId: number, bytes: Buffer, at: number, end: number): void {
    this.#need(at + 2, end);
    const argsAt = at + 2 + bytes.readUInt16BE(at);
    this.#need(argsAt, end);
    this.#owner.onRequest(this, callId, bytes.toString('utf8', at + 2, argsAt), bytes, argsAt, end);
  }

  #need(at: number, end: number): void {
    if (at > end) this.#invalid('it is cut short');
  }

  #invalid(reason: string): never {
    throw new PomeloError('FRAME_INVALID', { peer: this.peer.id, reason });
  }
}
