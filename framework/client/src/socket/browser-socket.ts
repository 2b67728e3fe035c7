import { encodeUtf8 } from '@pomelo-ts/protocol';
import type { OpenSocket } from './open-socket.js';

/** The WebSocket of the browser (or of Deno, Bun and Node from 22). */
export const openBrowserSocket: OpenSocket = (url, events) => {
  const socket = new WebSocket(url);
  socket.binaryType = 'arraybuffer';
  socket.onopen = () => events.onOpen();
  socket.onmessage = ({ data }: MessageEvent<ArrayBuffer | string>) => {
    events.onFrame(typeof data === 'string' ? encodeUtf8(data) : new Uint8Array(data));
  };
  // Browsers do not tell why a socket failed; the close event follows every error.
  socket.onclose = ({ code, reason }) => events.onClose(reason === '' ? `closed with ${code}` : reason);
  return {
    send: (bytes) => socket.send(bytes as Uint8Array<ArrayBuffer>),
    close: () => socket.close(1000),
    terminate: () => socket.close(),
  };
};
