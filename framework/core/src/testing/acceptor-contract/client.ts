import type { Acceptor } from '../../acceptor.js';

/** A message that a client of the contract sends; id 0 wants no answer. */
export interface SentMessage {
  readonly id: number;
  readonly route: string;
  /** Sent as JSON. */
  readonly body: unknown;
}

/**
 * A client that speaks the acceptor's protocol; the author of the acceptor writes it. It does nothing by itself: no heartbeat, no
 * new connection.
 */
export interface ContractClient {
  /**
   * Does its part of the handshake with `user`, and acknowledges what lets it in. Gives the code that it was told: 200, or why it is
   * refused, by whatever means the protocol has for it.
   */
  handshake(user?: unknown): Promise<{ readonly code: number }>;
  /** Sends messages in one piece. */
  send(...messages: readonly SentMessage[]): void;
  /**
   * Sends one half of a message; what it gives sends the other. Only for acceptors whose links move: so that one is taken apart in the
   * midst of a message.
   */
  sendCut?(message: SentMessage): () => void;
  /** Sends a heartbeat. */
  beat(): void;
  /** Sends bytes as they are. */
  sendBytes(bytes: Uint8Array): void;
  /** Whether it reads what comes. */
  read(on: boolean): void;
  /** Answers, in the order that they came in. */
  readonly answers: readonly { readonly id: number; readonly body: string }[];
  /** Pushes, in the order that they came in. */
  readonly pushes: readonly { readonly route: string; readonly body: string }[];
  /** Heartbeats that came. */
  readonly beats: number;
  /** What it was told when it was kicked. */
  readonly kicked: string | undefined;
  /** Whether its connection has ended. */
  readonly closed: boolean;
  /** Ends the connection. Called again it does nothing. */
  close(): void;
}

/** Connects a client to the acceptor, which listens at `port`. Rejects where nobody takes connections. */
export type DialClient = (acceptor: Acceptor, port: number) => Promise<ContractClient>;
