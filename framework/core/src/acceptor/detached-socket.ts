import type { Server, Socket } from 'node:net';

/*
 * The inner life of Node's sockets, as far as one can be taken from its server and go on at another: there is no public way. A
 * test fails where a version of Node does it otherwise.
 */

interface Inside {
  _handle: {
    reading: boolean;
    readonly writeQueueSize: number;
    readStart(): number;
    readStop(): number;
  } | null;
  /** The server that counts it among its connections. */
  _server: { _connections: number } | null;
  server: unknown;
}

const insideOf = (socket: Socket): Inside => socket as unknown as Inside;

/** Whether all that was written has left, and the socket stands. */
export function isDrained(socket: Socket): boolean {
  const { _handle: handle } = insideOf(socket);
  return handle !== null && !socket.destroyed && socket.writableLength === 0 && handle.writeQueueSize === 0;
}

/** Ends all listening to a socket: nobody reads it any more. Gives what had come and was handed to nobody. */
export function detach(socket: Socket): Buffer {
  const inside = insideOf(socket);
  socket.pause();
  inside._handle?.readStop();
  if (inside._handle) inside._handle.reading = false;
  for (const event of ['data', 'close', 'error']) socket.removeAllListeners(event);
  socket.on('error', ignoreError);
  for (const listener of socket.listeners('end'))
    if (listener.name === 'socketOnEnd') socket.off('end', listener as () => void); // of ws; the other one is Node's own
  if (inside._server) inside._server._connections--;
  inside._server = null;
  inside.server = null;
  const chunks: Buffer[] = [];
  for (let chunk = socket.read(); chunk !== null; chunk = socket.read()) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function ignoreError(): void {
  // Whoever goes on with the socket finds it destroyed.
}

/** Goes on reading, and has `server` wait for the socket's end when it closes, as for those that it has accepted. */
export function attach(socket: Socket, server: Server): void {
  const counting = server as unknown as { _connections: number };
  counting._connections++;
  const inside = insideOf(socket);
  inside._server = counting;
  // The stream believes that it is reading, and would not begin by itself.
  if (inside._handle) inside._handle.reading = true;
  inside._handle?.readStart();
  socket.resume();
}
