/** Where a server listens for calls. */
export interface RpcAddress {
  readonly host: string;
  readonly port: number;
}

/** Receives what arrives on a channel. */
export interface ChannelReader {
  onBytes(chunk: Buffer): void;
  /** Called exactly once. `error` is absent for an orderly end. */
  onClose(error?: Error): void;
}

/** How long the other end may read nothing of what waits for it. */
export interface Patience {
  readonly ms: number;
  stuck(): void;
}

/** An open, ordered, reliable stream of bytes to one peer. */
export interface RpcChannel {
  /** Who is at the other end, for messages. */
  readonly remote: string;
  /** Bytes accepted by `write` that have not left yet. */
  readonly queuedBytes: number;
  /** Must be called once, in the same tick in which the channel was given out. */
  read(reader: ChannelReader): void;
  /**
   * Reads nothing more until {@link goOnReading}, where the transport can. `patience.stuck` is called when nothing at all of what waits
   * has left for `patience.ms`; called again, it counts anew.
   */
  stopReading?(patience?: Patience): void;
  /** A transport that can stop reading can go on, too. */
  goOnReading?(): void;
  /** Sends `bytes`; true when the channel is done with them, so that the caller may write over them. */
  write(bytes: Buffer): boolean;
  /** Ends the channel once what was written has left; the other end sees it. */
  destroy(): void;
}

/** A listening transport. */
export interface RpcListener {
  readonly port: number;
  /** Stops listening, and ends the channels that it gave out. */
  close(): Promise<void>;
}

/** How bytes travel between servers. Any implementation must pass `transportContract` of `@pomelo-ts/rpc/testing`. */
export interface RpcTransport {
  readonly name: string;
  /**
   * Port 0 asks for any free port. Rejects when the address cannot be had.
   *
   * @param onChannel given each channel, at the latest when its dialer has spoken first
   * @param onRefused told of each connection that came and got no channel, and from where
   * @param isKnown whether an address is that of a host of the cluster: strangers must not take its place
   */
  listen(
    address: RpcAddress,
    onChannel: (channel: RpcChannel) => void,
    onRefused?: (error: Error, from: string) => void,
    isKnown?: (address: string) => boolean,
  ): Promise<RpcListener>;
  /** Rejects when nobody listens there, when the other end has another key, or after `timeoutMs`. */
  dial(address: RpcAddress, timeoutMs: number): Promise<RpcChannel>;
}
