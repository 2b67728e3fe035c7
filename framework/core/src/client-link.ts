import type { Uid } from './session-names.js';
import type { Push } from './wire/push.js';

/**
 * One client's connection, as sessions, channels and dispatch talk to it: an acceptor makes it, whatever the client speaks. No
 * call throws, and none does anything once the connection has ended.
 */
export interface ClientLink {
  /** The client's address; behind trusted proxies the one that they report. */
  readonly address: string;
  /** What the client called this server, where its protocol tells; a host with or without a port. */
  readonly hostHeader: string | undefined;
  /** This end's address, where there is one. */
  readonly localAddress: string | undefined;
  /** Bytes that wait to leave. */
  readonly queuedBytes: number;
  /**
   * Sends `bytes[start..end)`, valid during the call only, as the answer to the request `messageId`. An answer is never dropped: a
   * client that lets them pile up is closed.
   */
  answer(messageId: number, bytes: Uint8Array, start: number, end: number): void;
  /** Sends a push, unless the client reads too slowly; whether it was taken. */
  push(push: Push): boolean;
  /** Tells the client why, and closes once what was sent has left. */
  kick(reason: string): void;
  /** Ends the connection at once; what waits is lost. */
  drop(reason: string): void;
}

/** One client's session, as the acceptor of its connection knows it. */
export interface ClientSession {
  readonly uid: Uid | undefined;
  /** The client has done its handshake. To be called once at most. */
  linkReady(): void;
  /**
   * Takes the client's message in `bytes[start..end)`, valid during the call only: a request or notify as `encodeMessage` of
   * `@pomelo-ts/protocol` writes it.
   *
   * @throws ProtocolError for what is none; other errors are the framework's own
   */
  receive(bytes: Uint8Array, start: number, end: number): void;
  /** The link was taken apart: the client is there, and another link goes on with it, here or in another process. */
  linkTaken(): void;
  /** The connection has ended. Calls after the first one do nothing. */
  linkClosed(reason: string): void;
}

/** What the clients from one address have in common. */
export class Origin {
  /** The address; of IPv6 its network. */
  readonly key: string;
  /** The first address of it that somebody came from. */
  readonly address: string;
  /** Clients from it. */
  clients = 0;
  /** Requests of clients that have gone, and that servers still work on. */
  gone = 0;
  /** Who holds on to it. */
  #uses = 0;
  readonly #left: (origin: Origin) => void;

  /** @param left hears when nobody holds on to it any more */
  constructor(key: string, address: string, left: (origin: Origin) => void) {
    this.key = key;
    this.address = address;
    this.#left = left;
  }

  /** A client has gone, and so many of its requests are still worked on. */
  leftBehind(requests: number): void {
    this.gone += requests;
    this.#uses += requests;
  }

  /** One of the requests of clients that have gone was answered. */
  answeredLate(): void {
    this.gone--;
    this.leave();
  }

  /** One more holds on to it; ends with {@link leave}. */
  enter(): void {
    this.#uses++;
  }

  leave(): void {
    if (--this.#uses === 0) this.#left(this);
  }
}
