// Floor of a request answered one hop behind the connection; the other end of the hop is hop.mjs.
// Usage: node backend.mjs <port of hop.mjs>
import { connect } from 'node:net';
import { announce } from '../lib/announce.mjs';
import { acceptPomelo } from './accept.mjs';
import { readFrames, tickWriter } from './length-prefixed.mjs';
import { readRequest, responseOf } from './message.mjs';

const hop = connect({ port: Number(process.argv[2]), host: '127.0.0.1', noDelay: true });
await new Promise((resolve, reject) => {
  hop.once('connect', resolve);
  hop.once('error', reject);
});
const send = tickWriter(hop);
/** @type {Map<number, { socket: import('ws').WebSocket, id: number }>} */
const pending = new Map();
let lastCall = 0;

readFrames(hop, (reply) => {
  const call = pending.get(reply.id);
  if (!call) return;
  pending.delete(reply.id);
  call.socket.send(responseOf(call.id, JSON.stringify(reply.result)));
});

const port = await acceptPomelo((socket, data) => {
  const { id, route, body } = readRequest(data);
  const call = ++lastCall;
  pending.set(call, { socket, id });
  send({
    id: call,
    route: data.toString('latin1', route + 1, body),
    message: JSON.parse(data.toString('utf8', body)),
  });
});
announce({ port });
