import type { Socket } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import { hostPort, plainAddress } from '../address.js';
import { isPomeloError, PomeloError } from '../errors.js';
import { roomForStrangers } from '../open-files.js';
import { awaitFirstBytes } from './first-bytes.js';
import { secureOptions } from './secure-options.js';
import { Strangers } from './strangers.js';

/** How long a connection may take to prove itself, in ms. */
const proofMs = 5000;
/** Connections that may be unproved at once; see {@link Strangers}. */
const defaultMaxStrangers = 1000;

/** What a {@link SecureDoor} works with. */
export interface SecureDoorOptions<T> {
  /** The key that goes by this name and who proves to be whom by it; undefined when there is none. */
  keyOf(name: string): { readonly key: Buffer; readonly who: T } | undefined;
  /** Somebody has proved to have a key. Must listen to the stream in the same tick. */
  met(stream: TLSSocket, who: T, from: string): void;
  /** Takes a connection whose first byte is none of TLS, in the same tick; without it, such a one is refused. */
  metPlain?(socket: Socket, from: string): void;
  /** Told of each that did not prove itself; `from` is `address:port`. */
  refused(error: Error, from: string): void;
  /** How many may be unproved at once, at most: fewer in a process that may open few files. @default 1000 */
  readonly maxStrangers?: number;
  /** Whether an address is one of the cluster's own hosts. */
  isKnown?(address: string): boolean;
  /** How long a connection may take to prove itself, in ms. @default 5000 */
  readonly timeoutMs?: number;
}

interface Stranger<T> {
  readonly socket: Socket;
  readonly from: string;
  readonly ends: string;
  readonly timer: NodeJS.Timeout;
  who: T | undefined;
  failure: Error | undefined;
}

/**
 * The listening end of connections that must prove a key before a byte of them is handed on. Until its first record is whole a
 * stranger costs a socket and at most 4 KiB; what TLS itself needs, only whoever names a key that there is.
 */
export class SecureDoor<T> {
  readonly #options: SecureDoorOptions<T>;
  readonly #strangers: Strangers<Stranger<T>>;
  readonly #byEnds = new Map<string, Stranger<T>>();
  readonly #server: Server;

  constructor(options: SecureDoorOptions<T>) {
    this.#options = options;
    const { maxStrangers = defaultMaxStrangers, timeoutMs = proofMs, isKnown } = options;
    this.#strangers = new Strangers(roomForStrangers(maxStrangers), (address) => isKnown?.(address) ?? false);
    this.#server = createServer({
      ...secureOptions,
      handshakeTimeout: timeoutMs,
      pskCallback: (socket, name) => this.#keyFor(socket, name),
    });
    this.#server.on('secureConnection', (socket) => this.#proved(socket));
    this.#server.on('tlsClientError', (error, socket) => {
      const stranger = this.#byEnds.get(endsOf(socket));
      if (stranger) this.#fail(stranger, error);
    });
  }

  /** Connections that have proved nothing yet. */
  get strangers(): number {
    return this.#strangers.size;
  }

  accept(socket: Socket): void {
    const from = hostPort(addressOf(socket), socket.remotePort ?? 0);
    const { timeoutMs = proofMs } = this.#options;
    const late = () => this.#fail(stranger, new Error(`no proof within ${timeoutMs} ms`));
    const timer = setTimeout(late, timeoutMs);
    const ends = endsOf(socket);
    const stranger: Stranger<T> = { socket, from, ends, timer, who: undefined, failure: undefined };
    const evicted = this.#strangers.add(stranger, addressOf(socket));
    if (evicted) this.#end(evicted, new Error('too many connections prove nothing'));
    this.#byEnds.set(ends, stranger);
    socket.on('error', (error) => {
      stranger.failure ??= error;
    });
    socket.once('close', () =>
      this.#fail(stranger, stranger.failure ?? new Error('the connection was closed before any proof')),
    );
    awaitFirstBytes(socket, {
      tls: () => this.#server.emit('connection', socket),
      plain: () => this.#takePlain(stranger),
      failed: (error) => this.#fail(stranger, error),
    });
  }

  /** Ends those that have proved nothing yet. */
  close(): void {
    for (const stranger of [...this.#strangers]) this.#forget(stranger).socket.destroy();
  }

  #keyFor(socket: TLSSocket, name: string): Buffer | null {
    const stranger = this.#byEnds.get(endsOf(socket));
    const found = stranger && this.#options.keyOf(name);
    if (!found) {
      if (stranger) stranger.failure = new PomeloError('PROOF_WRONG', { peer: stranger.from });
      return null;
    }
    stranger.who = found.who;
    return found.key;
  }

  #proved(stream: TLSSocket): void {
    const stranger = this.#byEnds.get(endsOf(stream));
    // A session that was resumed names no key: none is given out here, and none is taken.
    if (stranger?.who === undefined) {
      stream.destroy();
      return;
    }
    this.#strangers.proved(stranger);
    this.#forget(stranger);
    stream.on('error', () => stream.destroy()); // Node tells of a record that was changed, and leaves the stream open
    this.#options.met(stream, stranger.who, stranger.from);
  }

  #takePlain(stranger: Stranger<T>): void {
    const { metPlain } = this.#options;
    if (!metPlain) {
      this.#fail(
        stranger,
        new PomeloError('FRAME_INVALID', { peer: stranger.from, reason: 'it is not TLS' }),
      );
      return;
    }
    this.#forget(stranger);
    metPlain(stranger.socket, stranger.from);
    stranger.socket.resume();
  }

  #fail(stranger: Stranger<T>, error: Error): void {
    if (this.#strangers.has(stranger)) this.#end(stranger, error);
  }

  #end(stranger: Stranger<T>, error: Error): void {
    this.#forget(stranger).socket.destroy();
    this.#options.refused(this.#told(stranger, error), stranger.from);
  }

  /** OpenSSL's words for a key that is another than ours, or was not named at all. */
  #told(stranger: Stranger<T>, error: Error): Error {
    if (stranger.failure && isPomeloError(stranger.failure)) return stranger.failure;
    const { code = '' } = error as NodeJS.ErrnoException;
    return code === 'ERR_SSL_BINDER_DOES_NOT_VERIFY'
      ? new PomeloError('PROOF_WRONG', { peer: stranger.from }, { cause: error })
      : error;
  }

  #forget(stranger: Stranger<T>): Stranger<T> {
    clearTimeout(stranger.timer);
    this.#strangers.delete(stranger);
    if (this.#byEnds.get(stranger.ends) === stranger) this.#byEnds.delete(stranger.ends);
    return stranger;
  }
}

/** Names one connection of all that are open: TLS has its own object for it. */
const endsOf = ({ remoteAddress, remotePort, localAddress, localPort }: Socket): string =>
  `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`;

const addressOf = ({ remoteAddress = 'an address that is gone' }: Socket): string =>
  plainAddress(remoteAddress);
