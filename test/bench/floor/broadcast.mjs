// Floor of a channel push: one WebSocket frame built once and written to every member's TCP socket.
import { announce } from '../lib/announce.mjs';
import { acceptPomelo, packageType } from './accept.mjs';
import { readRequest, responseOf } from './message.mjs';

/** @type {Map<import('ws').WebSocket, import('node:net').Socket>} */
const members = new Map();

/** @param {string} text @returns {Buffer} a whole WebSocket frame with one push for the route `onShout` */
function pushFrame(text) {
  const route = 'onShout';
  const messageLength = 2 + route.length + Buffer.byteLength(text);
  const payloadLength = 4 + messageLength;
  if (payloadLength >= 65_536) throw new RangeError('this floor pushes small bodies only');
  const headLength = payloadLength < 126 ? 2 : 4;
  const frame = Buffer.allocUnsafe(headLength + payloadLength);
  frame[0] = 0x82;
  if (headLength === 2) frame[1] = payloadLength;
  else {
    frame[1] = 126;
    frame.writeUInt16BE(payloadLength, 2);
  }
  frame.writeUInt32BE(((packageType.data << 24) | messageLength) >>> 0, headLength);
  frame[headLength + 4] = 6;
  frame[headLength + 5] = route.length;
  frame.write(route + text, headLength + 6);
  return frame;
}

const port = await acceptPomelo(
  (socket, data) => {
    const { id, route, body } = readRequest(data);
    const name = data.toString('latin1', route + 1, body);
    if (name.endsWith('.join')) {
      members.set(socket, /** @type {any} */ (socket)._socket);
    } else if (name.endsWith('.shout')) {
      const message = JSON.parse(data.toString('utf8', body));
      const frame = pushFrame(JSON.stringify({ m: message.m }));
      for (const member of members.values()) member.write(frame);
    }
    socket.send(responseOf(id, '{}'));
  },
  (socket) => members.delete(socket),
);
announce({ port });
