/** What a connection hears from its socket. */
export interface SocketEvents {
  onOpen(): void;
  /** One frame; the bytes stay as they are. */
  onFrame(bytes: Uint8Array): void;
  /** Once, also when the socket never opened. */
  onClose(reason: string): void;
}

export interface ClientSocket {
  /** One frame. */
  send(bytes: Uint8Array): void;
  /** Says goodbye to the other side. */
  close(): void;
  /** Ends at once, when goodbye is not answered. */
  terminate(): void;
}

/** Opens a WebSocket, or whatever else carries frames to a server. */
export type OpenSocket = (url: string, events: SocketEvents) => ClientSocket;
