import { isPomeloError, PomeloError, reasonOf } from '@pomelo-ts/common';
import {
  type FrameSink,
  FrameSplitter,
  frame,
  frameHeadBytes,
  newNonce,
  prove,
  sameProof,
} from '@pomelo-ts/common/internal';
import type { RpcChannel } from '../transport.js';
import { frameType } from './frame-type.js';

/** Longest frame before the proof. */
const handshakeFrameBytes = 1024;

/** One end of a handshake, as it says of itself. */
export interface HandshakeIdentity {
  readonly id: string;
  readonly bootId: string;
}

/** Settings of both ends of a handshake. */
export interface HandshakeOptions {
  readonly self: HandshakeIdentity;
  readonly secret: string;
  readonly timeoutMs: number;
  /** Longest frame accepted once the peer has proved itself. */
  readonly maxFrameBytes: number;
}

/** A channel whose other end has proved that it knows the secret. Call `resume` in the same tick with its reader. */
export interface ProvedChannel {
  readonly peer: HandshakeIdentity;
  readonly channel: RpcChannel;
  /** From now on the channel's frames and its end go to `reader`. */
  resume(reader: ProvedReader): void;
}

/** Receives what comes on a proved channel. */
export interface ProvedReader {
  readonly onFrame: FrameSink;
  /** Some bytes have come, be they a whole frame or not: the peer lives. */
  onHeard(): void;
  onClose(error?: Error): void;
}

type Message = Readonly<Record<string, unknown>>;

/** The dialing end. Rejects when the other end is not `expected`, does not know the secret, refuses, or is silent. */
export async function dialHandshake(
  channel: RpcChannel,
  expected: HandshakeIdentity,
  options: HandshakeOptions,
): Promise<ProvedChannel> {
  const talk = new Talk(channel, options);
  try {
    const nonce = newNonce();
    talk.say({ ...options.self, nonce, to: expected.id });
    const challenge = await talk.hear();
    if (challenge['id'] !== expected.id || challenge['bootId'] !== expected.bootId) {
      throw new PomeloError('RPC_REFUSED', {
        target: expected.id,
        reason: `${String(challenge['id'])} of boot ${String(challenge['bootId'])} answers there, not boot ${expected.bootId}`,
      });
    }
    const parts = [
      options.self.id,
      options.self.bootId,
      nonce,
      expected.id,
      expected.bootId,
      String(challenge['nonce']),
    ];
    if (!sameProof(prove(options.secret, 'listener', parts), challenge['proof'])) {
      throw new PomeloError('PROOF_WRONG', { peer: expected.id });
    }
    talk.say({ proof: prove(options.secret, 'dialer', parts) });
    await talk.hear();
    return talk.end(expected);
  } catch (error) {
    channel.destroy();
    throw isPomeloError(error)
      ? error
      : new PomeloError('RPC_REFUSED', { target: expected.id, reason: reasonOf(error) }, { cause: error });
  }
}

/**
 * The listening end. `admit` decides whether the proved peer is one of the cluster, and says why not by throwing.
 */
export async function listenHandshake(
  channel: RpcChannel,
  admit: (peer: HandshakeIdentity) => Promise<void>,
  options: HandshakeOptions,
): Promise<ProvedChannel> {
  const talk = new Talk(channel, options);
  try {
    const hello = await talk.hear();
    const peer = { id: String(hello['id']), bootId: String(hello['bootId']) };
    const nonce = newNonce();
    const { id, bootId } = options.self;
    const parts = [peer.id, peer.bootId, String(hello['nonce']), id, bootId, nonce];
    talk.say({ id, bootId, nonce, proof: prove(options.secret, 'listener', parts) });
    const answer = await talk.hear();
    if (!sameProof(prove(options.secret, 'dialer', parts), answer['proof'])) {
      throw new PomeloError('PROOF_WRONG', { peer: `${peer.id} at ${channel.remote}` });
    }
    await admit(peer);
    talk.say({ welcome: true });
    return talk.end(peer);
  } catch (error) {
    talk.refuse(reasonOf(error));
    throw error;
  }
}

/** Says and hears JSON handshake frames, within a time limit for the whole; afterwards hands the frames on. */
class Talk {
  readonly #channel: RpcChannel;
  readonly #splitter: FrameSplitter;
  readonly #maxFrameBytes: number;
  readonly #timer: NodeJS.Timeout;
  readonly #onTalk: FrameSink = (bytes, start, end) => this.#hearFrame(bytes, start, end);
  #heard: Message[] = [];
  #waiting: { resolve(message: Message): void; reject(error: Error): void } | undefined;
  #failure: Error | undefined;
  #welcomed = false;
  /** Frames that came in one chunk with the welcome. */
  #early: Buffer[] = [];
  #onFrame: FrameSink | undefined;
  #onHeard: () => void = () => {};
  #onClose: ((error?: Error) => void) | undefined;

  constructor(channel: RpcChannel, options: HandshakeOptions) {
    this.#channel = channel;
    this.#maxFrameBytes = options.maxFrameBytes;
    this.#splitter = new FrameSplitter({ maxFrameBytes: handshakeFrameBytes, peer: channel.remote });
    this.#timer = setTimeout(
      () => this.#fail(new Error(`no handshake within ${options.timeoutMs} ms`)),
      options.timeoutMs,
    );
    channel.read({
      onBytes: (chunk) => this.#onBytes(chunk),
      onClose: (error) => {
        if (this.#onClose) this.#onClose(this.#failure ?? error);
        else this.#fail(error ?? new Error('the connection was closed during the handshake'));
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

  hear(): Promise<Message> {
    return new Promise((resolve, reject) => {
      if (this.#failure) reject(this.#failure);
      else if (this.#heard.length > 0) resolve(this.#heard.shift()!);
      else this.#waiting = { resolve, reject };
    });
  }

  refuse(reason: string): void {
    clearTimeout(this.#timer);
    if (!this.#failure) this.say({ refused: reason });
    // The refusal must leave before the channel ends.
    setTimeout(() => this.#channel.destroy(), 20);
  }

  end(peer: HandshakeIdentity): ProvedChannel {
    clearTimeout(this.#timer);
    this.#welcome();
    return { peer, channel: this.#channel, resume: (reader) => this.#resume(reader) };
  }

  #resume({ onFrame, onHeard, onClose }: ProvedReader): void {
    this.#onFrame = onFrame;
    this.#onHeard = onHeard;
    this.#onClose = onClose;
    const early = this.#early;
    this.#early = [];
    try {
      for (const bytes of early) onFrame(bytes, frameHeadBytes, bytes.length);
    } catch (error) {
      this.#failure ??= error as Error;
    }
    if (this.#failure) this.#breakOff(this.#failure);
  }

  /** After the handshake: the peer broke the protocol, and is not listened to any more. */
  #breakOff(error: Error): void {
    this.#failure ??= error;
    this.#channel.destroy();
    this.#onClose?.(this.#failure);
  }

  #welcome(): void {
    this.#welcomed = true;
    this.#splitter.maxFrameBytes = this.#maxFrameBytes;
  }

  #onBytes(chunk: Buffer): void {
    if (this.#failure) return;
    this.#onHeard();
    try {
      this.#splitter.push(chunk, this.#onFrame ?? this.#onTalk);
    } catch (error) {
      if (this.#onClose) this.#breakOff(error as Error);
      else this.#fail(error as Error);
    }
  }

  #hearFrame(bytes: Buffer, start: number, end: number): void {
    if (bytes[start] !== frameType.handshake) {
      if (!this.#welcomed) throw new Error('expected a handshake frame');
      this.#early.push(frame(bytes.subarray(start, end)));
      return;
    }
    const message: unknown = JSON.parse(bytes.toString('utf8', start + 1, end));
    if (typeof message !== 'object' || message === null) throw new Error('expected a handshake object');
    if ('refused' in message) throw new Error(String(message.refused));
    if ('welcome' in message) this.#welcome();
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting) waiting.resolve(message as Message);
    else if (this.#heard.push(message as Message) > 2) throw new Error('too many handshake frames');
  }

  #fail(error: Error): void {
    clearTimeout(this.#timer);
    this.#failure ??= error;
    this.#waiting?.reject(this.#failure);
    this.#waiting = undefined;
  }
}
