/** What a connection hears from its socket. */
export interface SocketEvents {
  onOpen(): void;
  /** One frame; the bytes stay as they are. */
  onFrame(bytes: Uint8Array): void;
  /** Once, also when the socket never opened. */
  onClose(reason: string): void;
}

/**
 * One connection to a server, as an {@link OpenSocket} opens it. The client calls `send` between `onOpen` and `onClose`
 * only, and after `close` waits a second for `onClose` before it calls `terminate`. None of these throws.
 */
export interface ClientSocket {
  /** One binary frame, which is one package; the bytes stay as they are. */
  send(bytes: Uint8Array): void;
  /** Says goodbye to the other side. */
  close(): void;
  /** Ends at once, when goodbye is not answered. */
  terminate(): void;
}

/** Opens a WebSocket, or whatever else carries frames to a server. */
export type OpenSocket = (url: string, events: SocketEvents) => ClientSocket;
