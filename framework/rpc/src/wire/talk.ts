import { type FrameSink, FrameSplitter, frame } from '@pomelo-ts/common/internal';
import type { RpcChannel } from '../transport.js';
import { frameType } from './frame-type.js';
import type { HandshakeIdentity, HandshakeOptions, ProvedChannel } from './handshake.js';

/** Longest frame before the proof: so much memory a stranger may take, beside the socket's own. */
const handshakeFrameBytes = 1024;
/** How long a refusal may take to leave before the channel ends, in ms. */
const refusalMs = 20;

/** One frame of a handshake. */
export type Message = Readonly<Record<string, unknown>>;

/** Receives what comes on a proved channel. */
export interface ProvedReader {
  readonly onFrame: FrameSink;
  /** Some bytes have come, be they a whole frame or not: the peer lives. */
  onHeard(): void;
  onClose(error?: Error): void;
}

/** What one end does in a handshake. */
export interface TalkSteps {
  /** A frame of the other end; what it throws ends the handshake. */
  hear(message: Message): void;
  /** The handshake has failed. Told once, and not after {@link Talk.end}. */
  failed(error: Error): void;
}

/** Says and hears JSON handshake frames within a time limit for the whole; afterwards hands the frames on. */
export class Talk {
  readonly #channel: RpcChannel;
  readonly #splitter: FrameSplitter;
  readonly #maxFrameBytes: number;
  readonly #timer: NodeJS.Timeout;
  readonly #steps: TalkSteps;
  /** Of the chunk in which the handshake ends, the rest is for the reader. */
  readonly #onAny: FrameSink = (bytes, start, end) =>
    this.#onFrame ? this.#onFrame(bytes, start, end) : this.#hear(bytes, start, end);
  /** Whether the handshake is over, well or not. */
  ended = false;
  #failure: Error | undefined;
  #closed = false;
  #onFrame: FrameSink | undefined;
  #onHeard: () => void = () => {};
  #onClose: ((error?: Error) => void) | undefined;

  constructor(channel: RpcChannel, options: HandshakeOptions, steps: TalkSteps) {
    this.#channel = channel;
    this.#steps = steps;
    this.#maxFrameBytes = options.maxFrameBytes;
    this.#splitter = new FrameSplitter({ maxFrameBytes: handshakeFrameBytes, peer: channel.remote });
    this.#timer = setTimeout(
      () => this.fail(new Error(`no handshake within ${options.timeoutMs} ms`)),
      options.timeoutMs,
    );
    channel.read({
      onBytes: (chunk) => this.#onBytes(chunk),
      onClose: (error) => {
        this.#closed = true;
        if (this.#onClose) this.#onClose(this.#failure ?? error);
        else this.fail(error ?? new Error('the connection was closed during the handshake'));
      },
    });
  }

  say(message: Message): void {
    const text = JSON.stringify(message);
    const body = Buffer.allocUnsafe(1 + Buffer.byteLength(text));
    body[0] = frameType.handshake;
    body.write(text, 1);
    this.#channel.write(frame(body));
  }

  /** Tells the other end why it is not welcome, and ends the channel. */
  refuse(reason: string): void {
    if (this.#closed) return;
    this.#channel.stopReading?.(); // a stranger could have ever more read until its refusal is out
    this.say({ refused: reason });
    setTimeout(() => this.#channel.destroy(), refusalMs);
  }

  fail(error: Error): void {
    if (this.ended) return;
    this.#finish();
    this.#failure = error;
    this.#steps.failed(error);
  }

  /** Both ends have proved themselves. */
  end(peer: HandshakeIdentity): Omit<ProvedChannel, 'takes'> {
    this.#finish();
    this.#splitter.maxFrameBytes = this.#maxFrameBytes;
    return { peer, channel: this.#channel, resume: (reader) => this.#resume(reader) };
  }

  #finish(): void {
    this.ended = true;
    clearTimeout(this.#timer);
  }

  #resume({ onFrame, onHeard, onClose }: ProvedReader): void {
    this.#onFrame = onFrame;
    this.#onHeard = onHeard;
    this.#onClose = onClose;
  }

  #onBytes(chunk: Buffer): void {
    if (this.#failure) return;
    this.#onHeard();
    try {
      this.#splitter.push(chunk, this.#onFrame ?? this.#onAny);
    } catch (error) {
      if (this.#onClose) this.#breakOff(error as Error);
      else this.fail(error as Error);
    }
  }

  /** After the handshake: the peer broke the protocol, and is not listened to any more. */
  #breakOff(error: Error): void {
    this.#failure = error;
    this.#channel.destroy();
    this.#onClose?.(error);
  }

  #hear(bytes: Buffer, start: number, end: number): void {
    if (this.ended) return; // it failed at a frame of the same chunk, or nobody wanted it in the end
    if (bytes[start] !== frameType.handshake) throw new Error('expected a handshake frame');
    const message: unknown = JSON.parse(bytes.toString('utf8', start + 1, end));
    if (typeof message !== 'object' || message === null) throw new Error('expected a handshake object');
    this.#steps.hear(message as Message);
  }
}
