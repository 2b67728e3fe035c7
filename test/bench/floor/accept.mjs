import { WebSocketServer } from 'ws';

/** Package types of the pomelo wire format. */
export const packageType = /** @type {const} */ ({ handshake: 1, ack: 2, heartbeat: 3, data: 4 });

/**
 * Puts the four-byte package head before a body.
 *
 * @param {number} type
 * @param {string} text
 */
export function packageOf(type, text) {
  const length = Buffer.byteLength(text);
  const out = Buffer.allocUnsafe(4 + length);
  out.writeUInt32BE(((type << 24) | length) >>> 0, 0);
  out.write(text, 4);
  return out;
}

/**
 * The least a pomelo server can be: handshake, acknowledgement and heartbeat are answered, data is handed on.
 *
 * @param {(socket: import('ws').WebSocket, data: Buffer) => void} onData gets the whole DATA package
 * @param {(socket: import('ws').WebSocket) => void} [onClose]
 * @returns {Promise<number>} the port listened on
 */
export function acceptPomelo(onData, onClose) {
  const handshakeReply = packageOf(packageType.handshake, '{"code":200,"sys":{"heartbeat":30}}');
  const heartbeat = packageOf(packageType.heartbeat, '');
  const server = new WebSocketServer({
    port: 0,
    host: '127.0.0.1',
    backlog: 1024,
    perMessageDeflate: false,
    clientTracking: false,
  });
  server.on('connection', (socket) => {
    socket.on('message', (/** @type {Buffer} */ data) => {
      const type = data[0];
      if (type === packageType.data) onData(socket, data);
      else if (type === packageType.handshake) socket.send(handshakeReply);
      else if (type === packageType.ack || type === packageType.heartbeat) socket.send(heartbeat);
      else socket.terminate();
    });
    socket.on('error', () => socket.terminate());
    if (onClose) socket.on('close', () => onClose(socket));
  });
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.on('listening', () =>
      resolve(/** @type {import('node:net').AddressInfo} */ (server.address()).port),
    );
  });
}
