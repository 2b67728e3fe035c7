import { WebSocket } from 'ws';
import type { OpenSocket } from './open-socket.js';

/** The WebSocket of the `ws` package. */
export const openNodeSocket: OpenSocket = (url, events) => {
  const socket = new WebSocket(url, { perMessageDeflate: false, skipUTF8Validation: true });
  let fault = '';
  socket.on('open', () => events.onOpen());
  socket.on('message', (data) => events.onFrame(data as Buffer));
  socket.on('error', (error) => {
    fault = error.message || (error as NodeJS.ErrnoException).code || error.name;
  });
  socket.on('close', (code, reason) => events.onClose(fault || reason.toString() || `closed with ${code}`));
  return {
    send: (bytes) => socket.send(bytes),
    close: () => socket.close(1000),
    terminate: () => socket.terminate(),
  };
};
