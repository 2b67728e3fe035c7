// The second process of the backend floor: JSON in, JSON out, over one TCP connection.
import { createServer } from 'node:net';
import { announce } from '../lib/announce.mjs';
import { readFrames, tickWriter } from './length-prefixed.mjs';

const server = createServer({ noDelay: true }, (socket) => {
  const send = tickWriter(socket);
  socket.on('error', () => socket.destroy());
  readFrames(socket, (request) => send({ id: request.id, result: { d: request.message.d } }));
});
server.listen(0, '127.0.0.1', () => {
  announce({ port: /** @type {import('node:net').AddressInfo} */ (server.address()).port });
});
