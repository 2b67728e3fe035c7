import type { ConnectInfo } from './acceptor/connect-info.js';

/** What a game says to a client that wants in. Nothing, or `user` data for its handshake, lets it in. */
export type ConnectAnswer =
  | undefined
  // biome-ignore lint/suspicious/noConfusingVoidType: a function that returns nothing lets everybody in
  | void
  | { readonly user?: unknown }
  | { readonly refuse: { readonly code: number; readonly reason: string } };

/** What a game decides about connections, beside the settings in `settings.json5`. */
export interface AcceptorHooks {
  /** Called for each handshake; may refuse with a code (the client's `code`) and a reason. */
  onConnect?(info: ConnectInfo): ConnectAnswer | Promise<ConnectAnswer>;
}

/** Listens for clients on one port. */
export interface Acceptor {
  /** Connections that are open, handshake done or not. */
  readonly connections: number;
  /** Opens the port; gives it. Rejects with PORT_IN_USE. */
  listen(): Promise<number>;
  /** Takes no new clients. */
  stopAccepting(): void;
  /** Tells every client why, and closes all; resolves when the last one has gone. */
  close(reason: string): Promise<void>;
}
